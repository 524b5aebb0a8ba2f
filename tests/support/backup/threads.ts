import type { Worker } from "node:worker_threads";

import { expect } from "vitest";

/** The threads that begin while work runs, all of which have ended when it has. */
export async function threadsDuring(work: () => Promise<unknown>, onThread: (thread: Worker) => void = () => undefined): Promise<number> {
  let begun = 0;
  let ended = 0;
  const count = (thread: Worker) => {
    begun += 1;
    thread.once("exit", () => (ended += 1));
    onThread(thread);
  };
  process.on("worker", count);
  try {
    await work();
    expect(ended).toBe(begun);
    return begun;
  } finally {
    process.off("worker", count);
  }
}
