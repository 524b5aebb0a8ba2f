import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects garbage now. For the two moments at which V8 would not, though it is worth a pause
 * (fifty to ninety milliseconds of a server's 120 MB): before tens of thousands of objects come, and when they are gone.
 * V8 waits until the heap has grown by its own size or more, and then a process holds what
 * nobody needs beside what somebody does.
 */
export function collect(): void {
  setGrowth();
  collector()();
}

/** Bytes of buffers that are used once: so many are worth a collection of what is young, which takes a millisecond. */
const worthCollecting = 8 * 1024 * 1024;
let usedUp = 0;

/**
 * Told of buffers' bytes that nobody needs any more, or soon not, it collects them once there are many, with whatever else is
 * young and dead. V8 would count them against what the rest of the heap may grow by, and
 * mark all of it 25 times a second while objects are exported.
 */
export function countUsedUp(bytes: number): void {
  usedUp += bytes;
  if (usedUp < worthCollecting) return;
  usedUp = 0;
  collector()({ type: "minor" });
}

/**
 * Per cent of what is left after a collection by which the heap may grow before the next one. V8
 * itself lets a heap that hardly grows grow by a tenth: buffers that come and go fill that in no
 * time. An import then had eleven full collections a second and took a third more CPU; with this
 * it has one in nine seconds.
 */
const growth = 50;
let isGrowthSet = false;

function setGrowth(): void {
  if (isGrowthSet) return;
  setFlagsFromString(`--heap-growing-percent=${growth}`);
  isGrowthSet = true;
}

/** All there is, or what is young. */
type Collector = (young?: { type: "minor" }) => void;
let found: Collector | undefined;

function collector(): Collector {
  return (found ??= findCollector());
}

/** V8 hands it out to contexts that are made while the flag is set. */
function findCollector(): Collector {
  setFlagsFromString("--expose-gc");
  const exposed: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  if (typeof exposed !== "function") throw new Error("V8 has no garbage collector to call");
  return (...young) => void exposed.call(undefined, ...young);
}
