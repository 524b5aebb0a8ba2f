import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { BundleError, createBundleWriter, type BundleSink, type BundleWriter } from "@/bundle";
import { readBytes } from "../support/bundle/open-bytes";
import { sha256 } from "../support/bundle/sample-bundle";
import { variedBundle } from "../support/bundle/varied-bundle";
import {
  bundleBytes,
  createdAt,
  inChunksOf,
  rowsOf,
  manifestParts,
  MemorySink,
  noise,
  uuidOf,
  writeBundle,
} from "../support/bundle/write-bundle";

const endRecord = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const open = () => {
  const sink = new MemorySink();
  return { sink, writer: createBundleWriter({ sink, createdAt }) };
};

describe("an object that is not what its file says", () => {
  const small = Buffer.from("content");
  const large = noise(3 * 1024 * 1024);
  it.each([
    ["small, other hash", small, { sha256: sha256(Buffer.from("other")) }],
    ["small, longer", small, { size: 6 }],
    ["small, shorter", small, { size: 8 }],
    ["large, other hash", large, { sha256: sha256(small) }],
    ["large, longer", large, { size: large.length - 1 }],
    ["large, shorter", large, { size: large.length + 1 }],
  ])("%s: ends the bundle", async (_name, content, lie) => {
    const { sink, writer } = open();
    const file = { id: uuidOf(1), key: "a/b.txt", size: content.length, sha256: sha256(content), ...lie };
    await expect(writer.writeObject(file, inChunksOf(content, 1000))).rejects.toMatchObject({
      name: "BundleError",
      code: "object_differs",
      entry: `files/${uuidOf(1)}/b.txt`,
    });
    await expect(writer.finish(manifestParts)).rejects.toThrow("failed");
    expect(sink.bytes.includes(endRecord)).toBe(false);
    await expect(readBytes(sink.bytes)).rejects.toThrow(BundleError);
  });
});

it("goes on without an object that it was given whole and that differs", async () => {
  const { sink, writer } = open();
  const content = Buffer.from("content");
  const file = (id: number) => ({ id: uuidOf(id), key: `o/${id}`, size: content.length, sha256: sha256(content) });
  await writer.writeObject(file(1), content);
  await expect(writer.writeObject(file(2), Buffer.from("CONTENT"))).rejects.toMatchObject({ code: "object_differs" });
  await writer.writeObject(file(3), content);
  await writer.finish(manifestParts);
  const { objects } = await readBytes(sink.bytes);
  expect(Object.keys(objects)).toEqual([uuidOf(1), uuidOf(3)]);
});

it("takes the hash of who read an object, and says when the content may be used again", async () => {
  const { sink, writer } = open();
  const contents = { text: Buffer.alloc(50_000, "text "), small: noise(20_000), large: noise(500_000) };
  const done: Buffer[] = [];
  const write = (id: number, content: Buffer, hash = sha256(content)) => {
    const file = { id: uuidOf(id), key: `o/${id}`, size: content.length, sha256: sha256(content) };
    return writer.writeObject(file, { content, sha256: hash, crc32: crc32(content) }, (buffer) => done.push(buffer));
  };
  await expect(write(1, contents.text, sha256(contents.small))).rejects.toMatchObject({ code: "object_differs" });
  await write(2, contents.text);
  await write(3, contents.small);
  await write(4, contents.large);
  // The large one is the sink's.
  expect(done).toEqual([contents.text, contents.small]);
  const written = [contents.text, contents.small, contents.large].map(sha256);
  for (const buffer of done) buffer.fill(0);
  await writer.finish(manifestParts);
  const { objects } = await readBytes(sink.bytes);
  expect(Object.values(objects).map((base64) => sha256(Buffer.from(base64, "base64")))).toEqual(written);
});

describe("a writer that fails", () => {
  it("leaves no archive behind, whichever write it was", async () => {
    const chunks = new MemorySink();
    // Larger than what is gathered, so that many writes reach the sink.
    const objects = Array.from({ length: 8 }, (_, id) => ({ id: uuidOf(id), key: `o/${id}`, content: noise(150_000, id) }));
    await writeBundle({ ...variedBundle, objects }, chunks);
    expect(chunks.chunks.length).toBeGreaterThan(8);
    for (let failing = 0; failing < chunks.chunks.length; failing++) {
      const sink = new FailingSink(failing);
      await expect(writeBundle({ ...variedBundle, objects }, sink)).rejects.toThrow("sink is gone");
      expect(Buffer.concat(sink.taken).includes(endRecord)).toBe(false);
    }
  });

  it("closes what it was reading", async () => {
    let closed = 0;
    async function* endless(chunk: Buffer) {
      try {
        for (;;) yield chunk;
      } finally {
        closed += 1;
      }
    }
    const rows = Buffer.from(',\n{"a":"abcdefgh"}'.repeat(10_000));
    const table = createBundleWriter({ sink: new FailingSink(1), createdAt }).writeTable("assets", endless(rows));
    await expect(table).rejects.toThrow("sink is gone");
    const file = { id: uuidOf(1), key: "k", size: 1e12, sha256: "" };
    const object = createBundleWriter({ sink: new FailingSink(1), createdAt }).writeObject(file, endless(noise(100_000)));
    await expect(object).rejects.toThrow("sink is gone");
    expect(closed).toBe(2);
  });

  it("passes on what its source throws", async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from(',\n{"a":1}');
      throw new Error("the connection is gone");
    }
    const { sink, writer } = open();
    await expect(writer.writeTable("assets", broken())).rejects.toThrow("the connection is gone");
    await expect(writer.writeTable("scopes", rowsOf([]))).rejects.toThrow("failed");
    await expect(readBytes(sink.bytes)).rejects.toMatchObject({ code: "not_a_zip" });
  });

  it("stops when aborted", async () => {
    const controller = new AbortController();
    const sink = new MemorySink();
    const writer = createBundleWriter({ sink, createdAt, signal: controller.signal });
    async function* endless() {
      for (let chunk = 0; ; chunk++) {
        if (chunk === 50) controller.abort();
        yield Buffer.from(',\n{"a":"abcdefgh"}'.repeat(10_000));
      }
    }
    await expect(writer.writeTable("assets", endless())).rejects.toMatchObject({ name: "AbortError" });
    await expect(writer.finish(manifestParts)).rejects.toThrow("failed");
  });
});

describe("a writer", () => {
  it("takes no more from its source than its sink takes", async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const sink: BundleSink = { write: () => gate };
    let pulled = 0;
    async function* source() {
      for (; pulled < 400; pulled++) yield noise(100_000, pulled);
    }
    const size = 400 * 100_000;
    const writing = createBundleWriter({ sink, createdAt }).writeObject({ id: uuidOf(1), key: "k", size, sha256: "" }, source());
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pulled).toBeLessThan(40);
    release();
    await expect(writing).rejects.toMatchObject({ code: "object_differs" });
    expect(pulled).toBe(400);
  });

  /** Objects of which three are gathered into one of the first chunks. */
  const small = (id: number) => ({ id: uuidOf(id), key: `o/${id}`, content: noise(20_000, id) });
  const writeSmall = (writer: BundleWriter, id: number) => {
    const { content, ...file } = small(id);
    return writer.writeObject({ ...file, size: content.length, sha256: sha256(content) }, content);
  };

  it("gathers the next chunk while its sink takes one, and gives it one at a time", async () => {
    const gates: (() => void)[] = [];
    let underWay = 0;
    const sink: BundleSink = {
      write: () => {
        expect(underWay++).toBe(0);
        return new Promise((resolve) => gates.push(() => (underWay--, resolve())));
      },
    };
    const writer = createBundleWriter({ sink, createdAt });
    for (let id = 0; id < 5; id++) await writeSmall(writer, id);
    expect(gates).toHaveLength(1);
    let isWritten = false;
    const writing = Promise.all([writeSmall(writer, 5).then(() => writeSmall(writer, 6))]).then(() => (isWritten = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([isWritten, gates.length]).toEqual([false, 1]);
    gates[0]?.();
    await writing;
    expect(gates).toHaveLength(2);
  });

  it("fails with what its sink fails with, before more is gathered", async () => {
    const writer = createBundleWriter({ sink: new FailingSink(0), createdAt });
    for (let id = 0; id < 4; id++) await writeSmall(writer, id);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(writeSmall(writer, 4)).rejects.toThrow("sink is gone");
  });

  it("does not wait for its sink when its source fails, and gives it no more", async () => {
    let given = 0;
    const writer = createBundleWriter({ sink: { write: () => (given++, new Promise(() => undefined)) }, createdAt });
    for (let id = 0; id < 5; id++) await writeSmall(writer, id);
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from("some of it");
      throw new Error("the connection is gone");
    }
    const file = { id: uuidOf(5), key: "large", size: 2 * 1024 * 1024, sha256: "" };
    await expect(writer.writeObject(file, broken())).rejects.toThrow("the connection is gone");
    expect(given).toBe(1);
  });

  it("never changes a buffer that it handed to the sink", async () => {
    const seen: [Buffer, string][] = [];
    const sink: BundleSink = { write: async (chunk) => void seen.push([chunk, sha256(chunk)]) };
    const objects = Array.from({ length: 50 }, (_, id) => ({ id: uuidOf(id), key: `o/${id}`, content: noise(9_000, id) }));
    await writeBundle({ ...variedBundle, objects }, sink);
    for (const [chunk, hash] of seen) expect(sha256(chunk)).toBe(hash);
  });

  it("refuses a row that no reader would take", async () => {
    const { writer } = open();
    const rows = ["{}", `{"a":"${"x".repeat(16 * 1024 * 1024)}"}`];
    await expect(writer.writeTable("assets", rowsOf(rows))).rejects.toMatchObject({
      code: "row_too_large",
      entry: "data/assets.json",
      row: 1,
    });
  });

  it("takes calls one at a time, each entry once", async () => {
    const { writer } = open();
    const first = writer.writeTable("assets", rowsOf(['{"a":1}']));
    await expect(writer.writeTable("scopes", rowsOf([]))).rejects.toThrow("busy");
    await first;
    await expect(writer.writeTable("assets", rowsOf([]))).rejects.toThrow(RangeError);
  });

  it("takes each object once, and no table after the first", async () => {
    const file = { id: uuidOf(1), key: "small", size: 0, sha256: sha256(Buffer.alloc(0)) };
    for (const next of [
      (writer: BundleWriter) => writer.writeObject({ ...file, key: "another" }, Buffer.alloc(0)),
      (writer: BundleWriter) => writer.writeTable("assets", rowsOf([])),
    ]) {
      const { writer } = open();
      await writer.writeObject(file, Buffer.alloc(0));
      await expect(next(writer)).rejects.toThrow(/written already|before objects/);
    }
  });

  it("finds callers out that break the contract", async () => {
    await expect(open().writer.writeTable("Assets", rowsOf([]))).rejects.toThrow(RangeError);
    for (const chunk of ["{}\n", ",{}", ",\n1", ",\n{}\n{}", ",\n{},\n"]) {
      await expect(open().writer.writeTable("assets", inChunksOf(Buffer.from(chunk), 99)), JSON.stringify(chunk)).rejects.toThrow(RangeError);
    }
    await expect(open().writer.writeTable("assets", rowsOf(["[]"]))).rejects.toThrow(RangeError);
    const file = { id: "1", key: "k", size: 0, sha256: "" };
    await expect(open().writer.writeObject(file, Buffer.alloc(0))).rejects.toThrow(RangeError);
  });

  it("names objects by what may stand in a name", async () => {
    const { files } = await readBytes(await bundleBytes(variedBundle));
    expect(files.map(({ entry }) => entry)).toEqual([
      `files/${uuidOf(1)}/a.png`,
      `files/${uuidOf(2)}/Pr_fung__2_.txt`,
      `files/${uuidOf(3)}/object`,
    ]);
  });
});

class FailingSink implements BundleSink {
  readonly taken: Buffer[] = [];

  constructor(private readonly failing: number) {}

  write(chunk: Buffer): Promise<void> {
    if (this.taken.length === this.failing) return Promise.reject(new Error("the sink is gone"));
    this.taken.push(chunk);
    return Promise.resolve();
  }
}
