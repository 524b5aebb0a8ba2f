import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { objectEntryName } from "@/bundle/entry-names";

import { readBytes } from "../support/bundle/open-bytes";
import { sha256 } from "../support/bundle/sample-bundle";
import { variedBundle } from "../support/bundle/varied-bundle";
import { bundleBytes, createdAt, MemorySink, noise, uuidOf, writeBundle } from "../support/bundle/write-bundle";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "fixtures", name));
const mebi = 1024 * 1024;

describe("what was written", () => {
  it("comes back byte for byte", async () => {
    const sink = new MemorySink();
    const written = await writeBundle(variedBundle, sink);
    expect(written).toMatchObject({ size: sink.bytes.length, sha256: sha256(sink.bytes) });
    const read = await readBytes(sink.bytes);
    expect(read.rows).toEqual(variedBundle.tables);
    expect(Object.entries(read.objects)).toEqual(
      variedBundle.objects?.map(({ id, content }) => [id, content.toString("base64")]),
    );
    expect(read.files).toEqual(
      variedBundle.objects?.map(({ id, key, content }) => ({
        id,
        key,
        entry: objectEntryName(id, key),
        size: content.length,
        sha256: sha256(content),
      })),
    );
    expect(read.manifest).toMatchObject({
      format: "system-backup",
      format_version: 1,
      created_at: createdAt.toISOString(),
      tables: { organizations: 1, assets: 3, scopes: 0 },
    });
    expect(JSON.stringify(read.manifest.settings)).toBe(JSON.stringify(variedBundle.parts?.settings));
  });

  it("is the same however rows and objects arrive", async () => {
    const rows = Array.from({ length: 30_000 }, (_, id) => `{"id":${id},"value":"host${id}.example.com"}`);
    const objects = [0, 1, mebi - 1, mebi, mebi + 1, 2 * mebi].map((size, index) => ({
      id: uuidOf(index),
      key: `files/${index}`,
      content: index % 2 === 0 ? noise(size) : Buffer.alloc(size, "abc "),
    }));
    const input = { tables: { assets: rows }, objects };
    const whole = await bundleBytes({ ...input, rowsInChunk: rows.length });
    for (const pieces of [{ rowsInChunk: 1, objectChunk: 999 }, { rowsInChunk: 7777, objectChunk: mebi }]) {
      expect(sha256(await bundleBytes({ ...input, ...pieces }))).toBe(sha256(whole));
    }
    const read = await readBytes(whole);
    expect(read.rows["assets"]).toEqual(rows);
    for (const { id, content } of objects) expect(read.objects[id]).toBe(content.toString("base64"));
  });

  it("never deflates so well that a reader would take it for a bomb", async () => {
    const zeros = Buffer.alloc(40 * mebi);
    const long = `{"a":"${"x".repeat(15 * mebi)}"}`;
    const bytes = await bundleBytes({
      tables: { assets: [long, long] },
      objects: [{ id: uuidOf(1), key: "zeros", content: zeros }],
    });
    expect(bytes.length).toBeLessThan((zeros.length + 2 * long.length) / 95);
    const read = await readBytes(bytes, { limits: { ratio: 101 } });
    expect(read.rows["assets"]).toEqual([long, long]);
    expect(sha256(Buffer.from(read.objects[uuidOf(1)] ?? "", "base64"))).toBe(sha256(zeros));
  });

  it("stores what is compressed already and deflates the rest", async () => {
    const sizes = [200, 5000, 100_000, 3 * mebi];
    for (const size of sizes) {
      const random = await bundleBytes({ tables: {}, objects: [{ id: uuidOf(1), key: "r", content: randomBytes(size) }] });
      const text = await bundleBytes({ tables: {}, objects: [{ id: uuidOf(1), key: "t", content: Buffer.alloc(size, "text ") }] });
      expect(random.length - size).toBeGreaterThan(0);
      expect(random.length - size).toBeLessThan(1100);
      expect(text.length).toBeLessThan(1100 + size / 95);
    }
  });
});

describe("the frozen bundle of format version 1", () => {
  it("stays readable", async () => {
    const { manifest, files, ...contents } = await readBytes(fixture("format-1.zip"));
    expect(JSON.parse(JSON.stringify({ manifest: { ...manifest, files }, ...contents }))).toEqual(
      JSON.parse(fixture("format-1.json").toString()),
    );
  });
});
