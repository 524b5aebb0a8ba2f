import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { codeOf } from "@/server/installation";

const stateSchema = z.object({
  email: z.string(),
  password: z.string(),
  seeded: z.boolean(),
  sourceKey: z.string().optional(),
  targetKey: z.string().optional(),
});

type DemoValues = z.infer<typeof stateSchema>;

/** What the demo has to show again at its next start, kept where only its owner can read it. */
export interface DemoState {
  readonly values: DemoValues;
  update(changed: Partial<DemoValues>): Promise<void>;
}

export async function openDemoState(
  directory: string,
  given: { email: string | undefined; password: string | undefined },
): Promise<DemoState> {
  const file = path.join(directory, "demo.json");
  let values = (await read(file)) ?? {
    email: given.email ?? "admin@example.com",
    password: given.password ?? randomBytes(9).toString("base64url"),
    seeded: false,
  };
  const write = async () => {
    await writeFile(`${file}.new`, JSON.stringify(values), { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  await write();
  return {
    get values() {
      return values;
    },
    async update(changed) {
      values = { ...values, ...changed };
      await write();
    },
  };
}

async function read(file: string): Promise<DemoValues | null> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}
