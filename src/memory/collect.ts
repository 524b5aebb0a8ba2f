import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects garbage now. For the two moments at which V8 would not, though it is worth a pause
 * (fifty to ninety milliseconds of a server's 120 MB): before tens of thousands of objects come, and when they are gone.
 * V8 waits until the heap has grown by its own size or more, and then a process holds what
 * nobody needs beside what somebody does.
 */
export function collect(): void {
  collector ??= findCollector();
  collector();
}

let collector: (() => void) | undefined;

/**
 * Per cent of what is left after a collection by which the heap may grow before the next one. V8
 * itself lets a heap that hardly grows grow by a tenth: buffers that come and go fill that in no
 * time. An import then had eleven full collections a second and took a third more CPU; with this
 * it has one in nine seconds.
 */
const growth = 50;

/** V8 hands it out to contexts that are made while the flag is set. */
function findCollector(): () => void {
  setFlagsFromString(`--heap-growing-percent=${growth}`);
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  if (typeof found !== "function") throw new Error("V8 has no garbage collector to call");
  return () => void found.call(undefined);
}
