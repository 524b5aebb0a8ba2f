import { describe, expect, it } from "vitest";

import { RequestBody } from "./request-body";

const limits = { windowMilliseconds: 200, minimumBytesPerWindow: 100 };

/** A request whose body comes as so many bytes at a time, at so many milliseconds' distance; then it hangs or ends. */
function slowRequest(pieces: { bytes: number; after: number }[], thenEnds: boolean): Request {
  let index = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = pieces[index];
        index += 1;
        if (piece === undefined) {
          if (thenEnds) controller.close();
          else await new Promise(() => undefined);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, piece.after));
        controller.enqueue(new Uint8Array(piece.bytes));
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", headers: { "transfer-encoding": "chunked" }, body, duplex: "half" };
  return new Request("http://test", init);
}

async function read(body: RequestBody): Promise<number> {
  let size = 0;
  for await (const chunk of body.chunks()) size += chunk.length;
  return size;
}

const pieces = (count: number, piece: { bytes: number; after: number }) => Array.from({ length: count }, () => piece);

describe("a request's body", () => {
  it("may take longer than the window as long as it makes progress", async () => {
    const body = new RequestBody(slowRequest(pieces(12, { bytes: 60, after: 50 }), true), limits);
    expect(await read(body)).toBe(720);
    expect(body.ended).toBe(true);
  });

  it("is given up when nothing comes", async () => {
    const body = new RequestBody(slowRequest(pieces(3, { bytes: 1000, after: 1 }), false), limits);
    await expect(read(body)).rejects.toMatchObject({ code: "transfer_stalled" });
    expect(body.ended).toBe(false);
  });

  it("is given up when it trickles", async () => {
    const body = new RequestBody(slowRequest(pieces(1000, { bytes: 1, after: 10 }), true), limits);
    const startedAt = Date.now();
    await expect(read(body)).rejects.toMatchObject({ code: "transfer_stalled" });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });

  it("is not blamed for the time that its reader takes", async () => {
    const body = new RequestBody(slowRequest(pieces(3, { bytes: 1, after: 1 }), true), limits);
    for await (const chunk of body.chunks()) {
      expect(chunk.length).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(body.ended).toBe(true);
  });

  it("is at its end from the beginning where the request announces none", () => {
    expect(new RequestBody(new Request("http://test", { method: "POST" })).ended).toBe(true);
  });

  it("is read no further than text may be long", async () => {
    const body = new RequestBody(slowRequest(pieces(100, { bytes: 10, after: 0 }), true), limits);
    await expect(body.text(100)).rejects.toMatchObject({ code: "too_large" });
    expect(body.ended).toBe(false);
    await body.linger();
    expect(body.ended).toBe(true);
  });

  it("lingers no longer than a silent client", async () => {
    const body = new RequestBody(slowRequest([], false), limits);
    const startedAt = Date.now();
    await body.linger();
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });
});
