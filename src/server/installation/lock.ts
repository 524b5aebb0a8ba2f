import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { codeOf } from "./errors";
import { startOfProcess } from "./process-identity";

const holderSchema = z.object({
  pid: z.int().positive(),
  /** See startOfProcess. */
  started: z.string(),
  /** A server serves until it is stopped; a command ends by itself. */
  purpose: z.enum(["server", "command"]),
  /** How it was called, for people. */
  name: z.string(),
  /** Whether it runs the embedded database, which others can join, or was given a DATABASE_URL. */
  database: z.enum(["embedded", "given"]),
});

export type LockHolder = z.infer<typeof holderSchema>;

export type LockOutcome = { held: true; release(): Promise<void> } | { held: false; holder: LockHolder };

/**
 * The lock that one process at a time holds on a DATA_DIR: a file that names the process. One whose process is gone
 * (killed, machine restarted) is void and is taken over.
 */
export async function tryLock(dataDirectory: string, self: Omit<LockHolder, "pid" | "started">): Promise<LockOutcome> {
  const file = path.join(dataDirectory, "lock");
  const started = await startOfProcess(process.pid);
  if (started === null) throw new Error("The system does not say when this process was started.");
  const mine = JSON.stringify({ pid: process.pid, started, ...self });
  for (;;) {
    if (await createExclusively(file, mine)) return { held: true, release: () => release(file, mine) };
    const text = await readIfThere(file);
    if (text === null) continue;
    const holder = parseHolder(text);
    if (holder !== null && (await startOfProcess(holder.pid)) === holder.started) return { held: false, holder };
    await removeVoid(file, text);
  }
}

/** A link appears with its whole content or not at all, and never replaces a file. */
async function createExclusively(file: string, text: string): Promise<boolean> {
  const unfinished = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(unfinished, text, { mode: 0o600, flag: "wx" });
  try {
    await link(unfinished, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(unfinished);
  }
}

/** Of several processes that find the same void lock, one moves it away; a fresh lock moved by mistake is put back. */
async function removeVoid(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== text) await link(aside, file);
  await rm(aside);
}

async function release(file: string, mine: string): Promise<void> {
  if ((await readIfThere(file)) === mine) await rm(file, { force: true });
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
