import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Makes what is told of buffers' bytes that nobody needs any more, or soon not: at each so many it collects them, with whatever
 * else is young and dead, which takes a millisecond. V8 would count them against what the rest of the heap may grow by: with
 * eight megabytes more, and those under way, it marks all of it, 25 times a second while objects are exported and ten times
 * a second while rows are imported.
 */
export function collectEach(bytes: number): (usedUp: number) => void {
  let counted = 0;
  return (usedUp) => {
    counted += usedUp;
    if (counted < bytes) return;
    counted = 0;
    collector()();
  };
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
