import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * When a process was started, in the system's own words: together with its number it names one process for as long as
 * the machine is up, where the number alone is given out again. Null where no such process runs.
 */
export async function startOfProcess(pid: number): Promise<string | null> {
  try {
    return process.platform === "linux" ? await fromProc(pid) : (await run("ps", ["-o", "lstart=", "-p", String(pid)])).stdout;
  } catch {
    return null;
  }
}

async function fromProc(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  // The second field, the program's name in brackets, may itself hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const startTicks = fields[19];
  return state === "Z" || startTicks === undefined ? null : startTicks;
}
