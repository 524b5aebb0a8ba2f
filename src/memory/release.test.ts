import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import { release } from "./release";

const mebibyte = 1024 * 1024;

it("empties every view of a large buffer", () => {
  const buffer = Buffer.alloc(mebibyte);
  const view = buffer.subarray(10, 20);
  release(view);
  expect([buffer.length, view.length]).toEqual([0, 0]);
});

it("gives the memory back at once, also when the channel has long been closed", async () => {
  await sleep(100);
  const before = process.memoryUsage().arrayBuffers;
  // One turn of the event loop: nothing that was left to others could have happened meanwhile.
  for (let round = 0; round < 500; round++) release(Buffer.alloc(mebibyte));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * mebibyte);
});

it("gives back what is little more than the pool is, too", () => {
  const buffer = Buffer.allocUnsafeSlow(10 * 1024);
  release(buffer);
  expect(buffer.length).toBe(0);
});

it("leaves the pool of small buffers alone, however large it is", () => {
  const { poolSize } = Buffer;
  Buffer.poolSize = 64 * 1024;
  try {
    // Node 20 would ignore the real pool: this one, which is as large, it would not.
    const buffer = Buffer.alloc(Buffer.poolSize, "x");
    release(buffer.subarray(0, 1));
    expect(buffer.toString("latin1", 0, 1)).toBe("x");
  } finally {
    Buffer.poolSize = poolSize;
  }
});

it("leaves small buffers alone, which may share their memory", () => {
  const pooled = Buffer.from("small");
  const own = Buffer.allocUnsafeSlow(100).fill("x");
  release(pooled);
  release(own);
  expect(pooled.toString()).toBe("small");
  expect(own.toString()).toBe("x".repeat(100));
});
