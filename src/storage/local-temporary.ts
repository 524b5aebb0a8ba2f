import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, readlink, stat, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { systemErrorCode } from "./local-errors";

/** Where nobody can tell whether the writer still lives, a file that nobody wrote to for a day has none. */
const ABANDONED_AFTER_MILLISECONDS = 24 * 60 * 60 * 1_000;

const NAME = /^(?<machine>[0-9a-f]{16})-(?<processId>\d+)-(?<startedAt>\d+)-[0-9a-f-]{36}$/;

/** A file name that no other put uses and that tells which process of which machine writes it. */
export async function temporaryFileName(): Promise<string> {
  own ??= Promise.all([machineName(), startOf(process.pid)]);
  const [machine, startedAt] = await own;
  return `${machine}-${process.pid}-${startedAt ?? 0}-${randomUUID()}`;
}
let own: Promise<[string, string | null]> | undefined;

/** Removes what writers that died left behind; files of living ones stay. */
export async function removeLeftovers(folder: string): Promise<void> {
  const machine = await machineName();
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (await isLeftover(file, name, machine)) await unlink(file).catch(ignoreMissing);
  }
}

async function isLeftover(file: string, name: string, machine: string): Promise<boolean> {
  const writer = NAME.exec(name)?.groups;
  if (!writer) return false;
  if (writer["machine"] === machine) return (await startOf(Number(writer["processId"]))) !== writer["startedAt"];
  const found = await stat(file).catch(ignoreMissing);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MILLISECONDS;
}

/**
 * When a process started, in whatever unit: process ids are used again, their starts are not.
 * Null where there is no such process.
 */
async function startOf(processId: number): Promise<string | null> {
  if (process.platform !== "linux") return isAlive(processId) ? "0" : null;
  try {
    // Field 22 of proc(5)'s stat; the second field is in parentheses and may hold anything.
    const fields = await readFile(`/proc/${processId}/stat`, "utf8");
    return fields.slice(fields.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== "ESRCH";
  }
}

/** Process ids mean something only within one machine, and there within one pid namespace. */
async function machineName(): Promise<string> {
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "no namespaces");
  return createHash("sha256").update(`${hostname()} ${namespace}`).digest("hex").slice(0, 16);
}

function ignoreMissing(error: unknown): undefined {
  if (systemErrorCode(error) !== "ENOENT") throw error;
}
