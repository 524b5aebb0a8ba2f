import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Account } from "./account";

const run = promisify(execFile);

/** Nothing of our environment, with its secrets, reaches the database server; messages and times are C and UTC. */
export const serverEnvironment: NodeJS.ProcessEnv = { NODE_ENV: "production", LC_ALL: "C", TZ: "UTC", PATH: "/usr/bin:/bin" };

/** What spawn needs to start something as that account. The root folder can be entered by everyone. */
export function runAs(account: Account | null): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv } {
  return { ...(account ?? {}), cwd: "/", env: serverEnvironment };
}

/** Runs a command to its end. Rejects, with its standard error in the message, where it fails. */
export async function execute(command: string, parameters: readonly string[], account: Account | null): Promise<string> {
  const { stdout } = await run(command, parameters, runAs(account));
  return stdout;
}

/** Whether that account can enter and write the folder. Asked by trying: modes alone do not tell (ACLs, mounts). */
export async function canWrite(directory: string, account: Account | null): Promise<boolean> {
  try {
    await execute("/bin/sh", ["-c", 'cd "$1" && test -w .', "sh", directory], account);
    return true;
  } catch {
    return false;
  }
}
