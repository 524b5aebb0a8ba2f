import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Bytes of buffers that are used once: so many are worth a collection of what is young, which takes a millisecond. With eight
 * megabytes more, those under way with them, V8 begins to mark the heap.
 */
const worthCollecting = 4 * 1024 * 1024;
let usedUp = 0;

/**
 * Told of buffers' bytes that nobody needs any more, or soon not, it collects them once there are many, with whatever else is
 * young and dead. V8 would count them against what the rest of the heap may grow by, and
 * mark all of it 25 times a second while objects are exported, ten times a second while rows are imported.
 */
export function countUsedUp(bytes: number): void {
  usedUp += bytes;
  if (usedUp < worthCollecting) return;
  usedUp = 0;
  collector()();
}

/** Of what is young. */
type Collector = () => void;
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
  return () => void exposed.call(undefined, { type: "minor" });
}
