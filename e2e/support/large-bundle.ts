import { createHash, randomBytes } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { rewriteBundle } from "../../tests/support/backup/bundle-file";

/** More than what lies in the buffers of sockets between a browser and the server, so that its progress can be seen. */
const largeBytes = 24_000_000;

/** The same bundle with one file of many bytes. @returns where it lies, beside the copy */
export async function enlarge(bundle: string, copy: string): Promise<string> {
  await copyFile(bundle, copy);
  const content = randomBytes(largeBytes);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return rewriteBundle(copy, ({ objects, tables }) => {
    const [[id, object] = []] = objects;
    if (id === undefined || object === undefined) throw new Error("The bundle has no stored file.");
    objects.set(id, { ...object, content });
    const rows = tables.get("files") ?? [];
    const index = rows.findIndex((row) => row.includes(`"id":"${id}"`));
    rows[index] = (rows[index] ?? "")
      .replace(/"size_bytes":\d+/, `"size_bytes":${content.length}`)
      .replace(/"sha256":"[0-9a-f]+"/, `"sha256":"${sha256}"`);
  });
}
