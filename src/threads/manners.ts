import { getPriority, setPriority } from "node:os";

import { releases } from "@/memory/release";

/** Who asks the application for something meanwhile goes first. */
const niceness = 10;

/** On Linux this is the calling thread's alone (setpriority(2), "C library/kernel differences"). A courtesy: where it may not be changed, it stays. */
export function yieldToOthers(): void {
  if (process.platform !== "linux") return;
  try {
    if (getPriority() < niceness) setPriority(niceness);
  } catch {
    return;
  }
}

/** Once it has messages the event loop turns to nothing else while there are more: a hundred megabytes waited for it. */
export async function untilReleasing(): Promise<void> {
  // Nothing else keeps the thread: it listens to nobody yet.
  const awake = setInterval(() => undefined, 1000);
  await releases;
  clearInterval(awake);
}
