import { describe, expect, it } from "vitest";

import { withImportSlot, withUploadSlot, withWorkSlot } from "./slots";

/** Work that ends when it is told to. */
function work() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, run: () => done };
}

const never = new AbortController().signal;

describe("slots", () => {
  it("have the seventh wait until one of six ends, and in order", async () => {
    const running = Array.from({ length: 6 }, work);
    const six = running.map(({ run }) => withWorkSlot(never, run));
    const order: string[] = [];
    const seventh = withWorkSlot(never, async () => order.push("seventh"));
    const eighth = withWorkSlot(never, async () => order.push("eighth"));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(order).toEqual([]);
    running[3]?.end();
    await Promise.all([seventh, eighth]);
    expect(order).toEqual(["seventh", "eighth"]);
    for (const { end } of running) end();
    await Promise.all(six);
  });

  it("refuse the ninth import at once, before it takes a database connection", async () => {
    const running = Array.from({ length: 8 }, work);
    const eight = running.map(({ run }) => withImportSlot(never, run));
    await expect(withImportSlot(never, async () => "did")).rejects.toMatchObject({ code: "busy" });
    running[0]?.end();
    await eight[0];
    expect(await withImportSlot(never, async () => "did")).toBe("did");
    for (const { end } of running) end();
    await Promise.all(eight);
  });

  it("let go whoever leaves while waiting, and nobody loses a slot by it", async () => {
    const running = Array.from({ length: 6 }, work);
    const six = running.map(({ run }) => withWorkSlot(never, run));
    const leaving = new AbortController();
    const left = withWorkSlot(leaving.signal, async () => "did");
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    for (const { end } of running) end();
    await Promise.all(six);
    const again = Array.from({ length: 6 }, () => withWorkSlot(never, async () => "did"));
    expect(await Promise.all(again)).toEqual(Array(6).fill("did"));
  });

  it("are given back by work that fails", async () => {
    const failures = Array.from({ length: 20 }, () => withUploadSlotThatFails());
    await Promise.allSettled(failures);
    expect(await withUploadSlot(never, async () => "did")).toBe("did");
  });

  it("refuse the ninth upload at once", async () => {
    const running = Array.from({ length: 8 }, work);
    const eight = running.map(({ run }) => withUploadSlot(never, run));
    await expect(withUploadSlot(never, async () => "did")).rejects.toMatchObject({ code: "busy", fields: { retry_after: 30 } });
    for (const { end } of running) end();
    await Promise.all(eight);
  });
});

function withUploadSlotThatFails(): Promise<never> {
  return withUploadSlot(never, () => Promise.reject(new Error("failed")));
}
