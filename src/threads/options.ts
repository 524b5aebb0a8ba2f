import type { WorkerOptions } from "node:worker_threads";

/**
 * Megabytes. Messages leave little that lives: V8 would let each thread hold up to 48 of what is
 * young and mostly dead. With these an export has 4 to 7 MiB less, at no more time.
 */
const youngAtMost = 3;

export const threadOptions: WorkerOptions = {
  // Not the options of the process, which may load what only the main thread needs.
  execArgv: [],
  resourceLimits: { maxYoungGenerationSizeMb: youngAtMost },
};
