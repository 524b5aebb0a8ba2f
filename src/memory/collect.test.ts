import { PerformanceObserver, constants } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { expect, it } from "vitest";

import { collectEach } from "./collect";

it("collects buffers that are used up, once they are many, and the young ones alone", async () => {
  collectAll();
  const kinds: unknown[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if ("detail" in entry && entry.detail instanceof Object && "kind" in entry.detail) kinds.push(entry.detail.kind);
  });
  observer.observe({ entryTypes: ["gc"] });
  const mebibyte = 1024 * 1024;
  const countUsedUp = collectEach(4 * mebibyte);
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 3; count++) countUsedUp(Buffer.alloc(mebibyte).length);
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThanOrEqual(3 * mebibyte);
  countUsedUp(Buffer.alloc(mebibyte).length);
  // What a collection found is freed by another thread.
  await expect.poll(() => process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * mebibyte);
  await sleep(20);
  observer.disconnect();
  expect(kinds[0]).toBe(constants.NODE_PERFORMANCE_GC_MINOR);
});

/** So that V8 has no cause for a collection of its own soon. */
function collectAll(): void {
  setFlagsFromString("--expose-gc");
  const collector: unknown = runInNewContext("gc");
  if (typeof collector === "function") collector();
}
