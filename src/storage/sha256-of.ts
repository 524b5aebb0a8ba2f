import { createHash } from "node:crypto";

/** The SHA-256 of an object's body, lower-case hex. */
export async function sha256Of(body: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of body) hash.update(chunk);
  return hash.digest("hex");
}
