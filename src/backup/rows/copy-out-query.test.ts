import type { Socket } from "node:net";
import { type Duplex, PassThrough } from "node:stream";
import { TLSSocket } from "node:tls";

import type { Connection } from "pg";
import { describe, expect, it, vi } from "vitest";

import { CopyOutQuery } from "./copy-out-query";
import { LineBuffers } from "./line-buffers";

function message(code: string, content: Buffer | string = ""): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(5);
  header.write(code);
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

const line = (length: number) => Buffer.from(`${"x".repeat(length - 1)}\n`);
const begin = [message("H", "\0\0\x01\0\0")];
const complete = [message("C", "COPY 1\0"), message("Z", "T")];

/** A connection whose server sends what is written to it; `given` are the bytes that pg's own listener gets. */
function connect(query: CopyOutQuery, stream: Duplex = new PassThrough()) {
  const given: Buffer[] = [];
  const asked: string[] = [];
  stream.on("data", (data: Buffer) => given.push(data));
  query.submit({ stream, query: (text: string) => asked.push(text) } as unknown as Connection);
  return { stream, asked, given: () => Buffer.concat(given) };
}

async function readAll(query: CopyOutQuery): Promise<Buffer[]> {
  const batches: Buffer[] = [];
  for await (const batch of query.read()) batches.push(batch);
  return batches;
}

/** Sends it in parts of so many bytes, and reads meanwhile. */
async function run(sent: Buffer, partSize: number) {
  const query = new CopyOutQuery("COPY x TO STDOUT", new LineBuffers());
  const { stream, given } = connect(query);
  const reading = readAll(query);
  for (let at = 0; at < sent.length; at += partSize) {
    // A copy: what was taken is given back.
    if (!stream.write(Buffer.from(sent.subarray(at, at + partSize)))) await new Promise((resolve) => stream.once("drain", resolve));
  }
  const batches = await reading;
  await new Promise((resolve) => setImmediate(resolve));
  return { batches, given: given() };
}

describe("Lines of a COPY", () => {
  const lines = [line(1), line(2), line(700), line(5), line(300_000), line(1), line(200_000), line(200_000), line(3)];
  const sent = Buffer.concat([...begin, ...lines.slice(0, 3).map((text) => message("d", text)), message("N", "a notice\0"), message("d"), ...lines.slice(3).map((text) => message("d", text)), message("c"), ...complete]);

  it.each([sent.length, 65_536, 1000])("come in batches of whole ones, the rest goes to pg, in parts of %s bytes", async (partSize) => {
    const { batches, given } = await run(sent, partSize);
    expect(Buffer.concat(batches).equals(Buffer.concat(lines))).toBe(true);
    for (const batch of batches) expect(batch.at(-1)).toBe(0x0a);
    expect(new Set(batches.map(({ buffer }) => buffer)).size).toBe(batches.length);
    expect(given.equals(Buffer.concat(complete))).toBe(true);
  });

  it.each([1, 4, 5, 7])("come whole however their messages are cut, in parts of %s bytes", async (partSize) => {
    const few = Buffer.concat([...begin, ...[3, 1, 40].map((length) => message("d", line(length))), message("N", "a notice\0"), message("d"), message("d", line(2)), message("c"), ...complete]);
    const { batches, given } = await run(few, partSize);
    expect(Buffer.concat(batches).toString()).toBe(`xx\n\n${"x".repeat(39)}\nx\n`);
    expect(given.equals(Buffer.concat(complete))).toBe(true);
  });

  it("are whole where a message ends within one", async () => {
    const half = "y".repeat(200_000);
    const { batches } = await run(Buffer.concat([...begin, message("d", half), message("d", `${half}\n`), message("d", "z\n"), message("c"), ...complete]), 50_000);
    expect(Buffer.concat(batches).toString()).toBe(`${half}${half}\nz\n`);
    for (const batch of batches) expect(batch.at(-1)).toBe(0x0a);
  });

  it("are none where there are no rows", async () => {
    const { batches, given } = await run(Buffer.concat([...begin, message("c"), ...complete]), 3);
    expect(batches).toEqual([]);
    expect(given.equals(Buffer.concat(complete))).toBe(true);
  });

  it.each([
    ["rest after little, for the server to send more", new PassThrough(), true],
    ["do not rest where TLS gives no more at a time", new TLSSocket(new PassThrough() as unknown as Socket), false],
  ])("%s", (_, stream, rests) => {
    connect(new CopyOutQuery("COPY x TO STDOUT", new LineBuffers()), stream);
    stream.emit("data", message("d", line(16 * 1024)));
    expect(stream.isPaused()).toBe(rests);
    stream.destroy();
  });

  it("are not read faster than they are taken", async () => {
    const query = new CopyOutQuery("COPY x TO STDOUT", new LineBuffers());
    const { stream } = connect(query);
    const reading = query.read();
    let sentBytes = 0;
    const text = message("d", line(50_000));
    const next = reading.next();
    // Until nothing more is taken: a stream that is read would never say so.
    while (sentBytes < 20_000_000) {
      sentBytes += text.length;
      const isTaken = stream.write(Buffer.from(text));
      await new Promise((resolve) => setImmediate(resolve));
      if (!isTaken && stream.isPaused()) break;
    }
    await next;
    expect(sentBytes).toBeLessThan(2_000_000);
    expect(stream.isPaused()).toBe(true);
    await reading.return(undefined);
  });
});

describe("An error", () => {
  it("of the server goes to pg whole, and what pg makes of it to who reads, behind the lines before it", async () => {
    for (const partSize of [1, 3, 1000]) {
      const query = new CopyOutQuery("COPY x TO STDOUT", new LineBuffers());
      const { stream, given } = connect(query);
      const error = message("E", "SERROR\0C57014\0\0");
      const sent = Buffer.concat([...begin, message("d", line(10)), error, message("Z", "E")]);
      const reading = readAll(query);
      for (let at = 0; at < sent.length; at += partSize) stream.write(Buffer.from(sent.subarray(at, at + partSize)));
      await vi.waitFor(() => expect(given().equals(Buffer.concat([error, message("Z", "E")]))).toBe(true), { timeout: 10_000 });
      query.handleError(new Error("canceled"));
      await expect(reading).rejects.toThrow("canceled");
    }
  });

  it("of the connection ends who waits for lines", async () => {
    const query = new CopyOutQuery("COPY x TO STDOUT", new LineBuffers());
    const { stream } = connect(query);
    stream.write(Buffer.concat([...begin, message("d", line(10)).subarray(0, 8)]));
    const reading = readAll(query);
    await new Promise((resolve) => setImmediate(resolve));
    query.handleError(new Error("Connection terminated unexpectedly"));
    await expect(reading).rejects.toThrow("terminated");
  });

  it("after the last line changes nothing", async () => {
    const query = new CopyOutQuery("COPY x TO STDOUT", new LineBuffers());
    const { stream } = connect(query);
    stream.write(Buffer.concat([...begin, message("d", line(10)), message("c")]));
    await new Promise((resolve) => setImmediate(resolve));
    query.handleError(new Error("late"));
    expect(await readAll(query)).toHaveLength(1);
  });
});

it("asks for what it was told to", () => {
  const query = new CopyOutQuery("COPY x TO STDOUT", new LineBuffers());
  expect(connect(query).asked).toEqual(["COPY x TO STDOUT"]);
});
