import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execute } from "./run-as";

/** PostgreSQL's own bound for a shutdown checkpoint is the disk's speed; after this it is told to stop at once. */
const fastShutdownMilliseconds = 30_000;

/** After SIGQUIT no checkpoint is written, so only the processes have to end. */
const immediateShutdownMilliseconds = 10_000;

/**
 * Ends what a killed application left behind: a server that still runs on this cluster is stopped, and a
 * postmaster.pid whose process is gone, or is by now somebody else's, is removed. (PostgreSQL itself refuses to start
 * where that number belongs to any living process, which in a container it often does.)
 * Nothing of ours may be using the cluster: the caller holds the installation's lock.
 */
export async function clearCluster(directory: string): Promise<"clean" | "stopped" | "stale"> {
  const pidFile = path.join(directory, "postmaster.pid");
  const pid = await readFile(pidFile, "utf8").then(
    (text) => Number(text.split("\n")[0]),
    () => undefined,
  );
  if (pid === undefined) return "clean";
  if (Number.isInteger(pid) && pid > 0 && (await isServerOf(pid, directory))) {
    await stopServer(pid);
    return "stopped";
  }
  await rm(pidFile, { force: true });
  return "stale";
}

/** Fast shutdown: transactions are rolled back, a checkpoint is written. Resolves when the process is gone. */
export async function stopServer(pid: number): Promise<void> {
  signal(pid, "SIGINT");
  if (await isGone(pid, fastShutdownMilliseconds)) return;
  signal(pid, "SIGQUIT");
  if (await isGone(pid, immediateShutdownMilliseconds)) return;
  throw new Error(`The database server (process ${pid}) does not end.`);
}

async function isServerOf(pid: number, directory: string): Promise<boolean> {
  const command = await commandLine(pid);
  return command !== null && /\bpostgres\b/.test(command) && command.includes(directory);
}

async function commandLine(pid: number): Promise<string | null> {
  try {
    if (process.platform === "linux") return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
    return await execute("/bin/ps", ["-o", "command=", "-p", String(pid)], null);
  } catch {
    return null;
  }
}

async function isGone(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (signal(pid, 0)) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

/** False where there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
