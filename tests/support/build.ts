import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ensureBuild, root } from "../../scripts/support/prepare.mjs";
import { codeOf } from "@/server/installation";

const lock = path.join(root, ".test", "build-lock");

/** No build takes as long: whoever held the lock was killed. */
const staleMilliseconds = 5 * 60 * 1000;

/** Builds what is stale. Test files run side by side, and Next refuses two builds at once. */
export async function buildOnce(): Promise<void> {
  await mkdir(path.dirname(lock), { recursive: true });
  while (!(await take())) await delay(200);
  try {
    await ensureBuild();
  } finally {
    await rm(lock, { recursive: true });
  }
}

async function take(): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  const found = await stat(lock).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > staleMilliseconds) await rm(lock, { recursive: true, force: true });
  return false;
}
