import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const program = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"].find(isThere);

/** Routes are root's. */
export const canCutNetworks = process.platform === "linux" && process.getuid?.() === 0 && program !== undefined;

/** An address of this machine that nobody else uses: the whole of 127/8 is. */
export const cutAddress = "127.0.0.77";

/** From now on packets to this address vanish, as if its machine had lost power. */
export async function cutNetwork(): Promise<void> {
  await run(program ?? "ip", ["route", "add", "blackhole", `${cutAddress}/32`, "table", "local"]);
}

export async function mendNetwork(): Promise<void> {
  await run(program ?? "ip", ["route", "del", "blackhole", `${cutAddress}/32`, "table", "local"]).catch(() => undefined);
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
