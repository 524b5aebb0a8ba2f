import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectStore, PutOptions, StorageErrorCode } from "@/storage";

export interface StoreUnderTest {
  store: ObjectStore;
  /** A store of the same kind in a place that does not answer. */
  unreachable: ObjectStore;
  dispose(): Promise<void>;
}

/** Larger than what any store holds in memory at once, and no multiple of a block. */
const LARGE = randomBytes(20 * 1024 * 1024 + 17);

/** Characters that mean something to a filesystem, a URL, XML, HTTP, a shell, or a Unicode normaliser. */
export const ODD_KEYS: readonly string[] = [
  ...["a", "A", "a/b", "a/B", "a//b", "a/./b", "a/../b", "/a", "a/", "//", "/", ".", "..", "...", "a.", "a.."],
  ...["../../x", "../../../../etc/x", "a\\b", "..\\..\\x", "C:\\x", "con", "NUL.txt", "a:b", "a*?", "a|b", "<a>&\"'"],
  ...[" a", "a ", "a b", "a+b", "a%20b", "a%2Fb", "a?b=c", "a#b", "-rf", "~", "$HOME", "`id`", "__proto__", "constructor"],
  ...["a\u0001b", "a\nb", "a\r\nb", "a\tb", "\u007f", "\u0085", "\u001b[31m", "\ufeffa", "\ufffe", "\uffff", "\u{10ffff}"],
  ...["é", "e\u0301", "ﬁ", "fi", "ß", "ẞ", "İ", "ı", "日本語/ファイル", "😀/💩", "\u202egnp.exe"],
  ...[".system-backup", ".system-backup/check", ".system-backup/keys/x"],
  ...["x".repeat(968), "x".repeat(1_024), `${"x".repeat(1_022)}/a`, "/".repeat(1_024), "\u0001".repeat(1_024)],
  ...["é".repeat(512), "💩".repeat(256)],
];

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function put(
  store: ObjectStore,
  key: string,
  bytes: Buffer,
  options: Partial<PutOptions> & { body?: Readable | Buffer } = {},
): Promise<void> {
  const { body = inPieces(bytes), ...others } = options;
  const stated = { size: bytes.length, sha256: sha256(bytes), contentType: "text/plain", when: "absent" as const };
  await store.put(key, body, { ...stated, ...others });
}

export async function read(store: ObjectStore, key: string): Promise<Buffer> {
  const { size, body } = await store.get(key);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(bytes.length).toBe(size);
  return bytes;
}

export async function keys(store: ObjectStore, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found.sort();
}

export function inPieces(bytes: Buffer): Readable {
  // A prime, so that pieces never meet the ends of blocks.
  const pieceBytes = 65_537;
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    })(),
    { objectMode: false },
  );
}

/** Gives these bytes and then neither more nor an end. */
export function thenNothing(bytes: Buffer): Readable {
  const pieces = inPieces(bytes).iterator();
  return new Readable({
    read() {
      void pieces.next().then(({ done, value }) => {
        if (!done) this.push(value);
      });
    },
  });
}

export const refusal = (code: StorageErrorCode, message = "") =>
  expect.objectContaining({ name: "StorageError", code, message: expect.stringContaining(message) });

/** What the contract in object-store.ts promises, of any store. */
export function describeObjectStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    let count = 0;
    const fresh = () => `case-${(count += 1)}/object`;

    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under?.dispose());

    it("is empty at first and answers a check", async () => {
      await store.check();
      expect(await keys(store)).toEqual([]);
      expect(await store.stat("a")).toBeNull();
    });

    it.each([
      ["nothing", Buffer.alloc(0)],
      ["one byte", Buffer.from([0])],
      ["10 kB", randomBytes(10_000)],
      ["20 MB", LARGE],
    ])("stores exactly the bytes of %s", async (_, bytes) => {
      for (const body of [bytes, inPieces(bytes)]) {
        const key = fresh();
        await put(store, key, bytes, { body });
        expect(await store.stat(key)).toEqual({ size: bytes.length, sha256: sha256(bytes) });
        expect((await read(store, key)).equals(bytes)).toBe(true);
        expect(await keys(store, key)).toEqual([key]);
      }
    });

    it("reads objects whole, however many are asked for at once, each with its hash", async () => {
      const sizes = [0, 1, 100_000, 150_000, 196_000, 197_000, 300_000, 1_048_576];
      const contents = Array.from({ length: 60 }, (_, index) => randomBytes(sizes[index % sizes.length] ?? 0));
      const stored = await Promise.all(contents.map(async (bytes) => {
        const key = fresh();
        await put(store, key, bytes);
        return { key, bytes };
      }));
      const missing = fresh();
      const reader = store.openReader();
      for (let round = 0; round < 5; round++) {
        const asked = stored.map(async ({ key, bytes }) => {
          const whole = await reader.read(key, bytes.length);
          expect(whole && { ...whole, content: whole.content.equals(bytes) }).toEqual({ content: true, sha256: sha256(bytes), crc32: crc32(bytes) });
          if (whole !== null) reader.doneWith(whole.content);
        });
        const others = stored.flatMap(({ key, bytes }) => [reader.read(key, bytes.length + 1), reader.read(key, Math.max(bytes.length - 1, 2))]);
        await expect(reader.read(missing, 5)).rejects.toEqual(refusal("object_missing"));
        await expect(reader.read("", 5)).rejects.toEqual(refusal("object_key_invalid"));
        expect(new Set(await Promise.all(others))).toEqual(new Set([null]));
        await Promise.all(asked);
      }
      const aborted = reader.read(stored[0]?.key ?? "", 0, { signal: AbortSignal.abort() });
      await expect(aborted).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
      await reader.end();
    });

    it("tells what is missing", async () => {
      const key = fresh();
      expect(await store.stat(key)).toBeNull();
      await expect(store.get(key)).rejects.toEqual(refusal("object_missing"));
      await expect(store.copy(key, fresh())).rejects.toEqual(refusal("object_missing"));
      await store.delete(key);
    });

    it("deletes, and deletes again", async () => {
      const key = fresh();
      await put(store, key, Buffer.from("x"));
      await store.delete(key);
      await store.delete(key);
      expect(await store.stat(key)).toBeNull();
      await put(store, key, Buffer.from("y"));
      expect((await read(store, key)).toString()).toBe("y");
    });

    it("replaces only when asked to", async () => {
      const key = fresh();
      await put(store, key, Buffer.from("old"));
      const body = inPieces(Buffer.from("new"));
      await expect(put(store, key, Buffer.from("new"), { body })).rejects.toEqual(refusal("object_exists"));
      expect(body.destroyed).toBe(true);
      expect((await read(store, key)).toString()).toBe("old");
      await expect(put(store, key, LARGE)).rejects.toEqual(refusal("object_exists"));
      await put(store, key, Buffer.from("newer"), { when: "always" });
      expect((await read(store, key)).toString()).toBe("newer");
      expect(await store.stat(key)).toEqual({ size: 5, sha256: sha256(Buffer.from("newer")) });
    });

    it("lets one of eight win who store at once", async () => {
      const key = fresh();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, index) => put(store, key, Buffer.from(`racer ${index}`))),
      );
      const winners = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
      const losers = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      expect(winners).toHaveLength(1);
      expect(losers).toEqual(Array.from({ length: 7 }, () => refusal("object_exists")));
      expect((await read(store, key)).toString()).toBe(`racer ${winners[0]}`);
    });

    it.each([
      ["small", Buffer.from("mine")],
      ["large", LARGE],
    ])("leaves alone what appears while a %s body comes", async (_, bytes) => {
      const key = fresh();
      const body = Readable.from(
        (async function* () {
          yield bytes.subarray(0, -1);
          await put(store, key, Buffer.from("theirs"));
          yield bytes.subarray(-1);
        })(),
      );
      await expect(put(store, key, bytes, { body })).rejects.toEqual(refusal("object_exists"));
      expect((await read(store, key)).toString()).toBe("theirs");
    });

    it("shows readers the whole old object or the whole new one", async () => {
      const key = fresh();
      const versions = [Buffer.alloc(200_000, 1), Buffer.alloc(300_000, 2)];
      for (const bytes of versions) await put(store, key, bytes, { when: "always" });
      const seen = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const bytes = versions[index % 2];
          if (index % 5 === 0 && bytes) await put(store, key, bytes, { when: "always" });
          return sha256(await read(store, key));
        }),
      );
      expect(versions.map(sha256)).toEqual(expect.arrayContaining([...new Set(seen)]));
    });

    describe.each([
      ["small", Buffer.from("the stated bytes")],
      ["large", LARGE],
    ])("a %s body that differs", (_, bytes) => {
      const shorter = bytes.subarray(1);
      const longer = Buffer.concat([bytes, Buffer.from([0])]);
      const other = Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]);

      it.each([
        ["shorter", shorter, `are ${bytes.length - 1}, not`],
        ["longer", longer, "are more than"],
        ["other", other, "SHA-256"],
        ["empty", Buffer.alloc(0), "are 0, not"],
      ])("leaves nothing if %s", async (_, wrong, reason) => {
        const key = fresh();
        for (const body of [wrong, inPieces(wrong)]) {
          await expect(put(store, key, bytes, { body })).rejects.toEqual(refusal("object_differs", reason));
          expect(await store.stat(key)).toBeNull();
        }
        expect(await keys(store, key)).toEqual([]);
      });

      it("leaves what was there", async () => {
        const key = fresh();
        await put(store, key, Buffer.from("old"));
        for (const body of [shorter, longer, other]) {
          const replaced = put(store, key, bytes, { body, when: "always" });
          await expect(replaced).rejects.toEqual(refusal("object_differs"));
        }
        expect((await read(store, key)).toString()).toBe("old");
      });
    });

    it("passes the body's own error on and leaves nothing", async () => {
      const key = fresh();
      const mishap = new Error("the source broke");
      for (const start of [10, 9 * 1024 * 1024]) {
        const body = Readable.from(
          (async function* () {
            yield LARGE.subarray(0, start);
            throw mishap;
          })(),
        );
        await expect(put(store, key, LARGE, { body })).rejects.toBe(mishap);
      }
      const broken = new Readable({ read: () => undefined });
      broken.destroy(mishap);
      await expect(put(store, key, LARGE, { body: broken })).rejects.toBe(mishap);
      expect(await store.stat(key)).toBeNull();
    });

    it.each([
      ["before it began", -1],
      ["in its first bytes", 100_000],
      ["in its second part", 9 * 1024 * 1024],
    ])("leaves nothing of a put aborted %s", async (_, given) => {
      const key = fresh();
      const controller = new AbortController();
      const body = given < 0 ? inPieces(LARGE) : thenNothing(LARGE.subarray(0, given));
      if (given < 0) controller.abort();
      const putting = put(store, key, LARGE, { body, signal: controller.signal });
      const aborted = expect(putting).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
      setTimeout(() => controller.abort(), 300);
      await aborted;
      expect(body.destroyed).toBe(true);
      expect(await store.stat(key)).toBeNull();
      await put(store, key, Buffer.from("x"));
    });

    it("ends a get that is aborted", async () => {
      const key = fresh();
      await put(store, key, LARGE);
      const controller = new AbortController();
      const { body } = await store.get(key, { signal: controller.signal });
      let received = 0;
      const reading = (async () => {
        for await (const chunk of body) {
          received += chunk.length;
          controller.abort();
        }
      })();
      await expect(reading).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
      expect(received).toBeGreaterThan(0);
      expect(received).toBeLessThan(LARGE.length);
      const { signal } = controller;
      await expect(store.get(key, { signal })).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
      await expect(store.stat(key, { signal })).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
      await expect(store.check({ signal })).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
    });

    it("survives readers that leave", async () => {
      const key = fresh();
      await put(store, key, LARGE);
      for (let round = 0; round < 100; round += 1) {
        const { body } = await store.get(key);
        if (round % 2 === 0) await body[Symbol.asyncIterator]().next();
        body.destroy();
      }
      expect((await read(store, key)).equals(LARGE)).toBe(true);
    });

    it("serves many readers at once", async () => {
      const key = fresh();
      const bytes = randomBytes(1_000_000);
      await put(store, key, bytes);
      const read20 = await Promise.all(Array.from({ length: 20 }, () => read(store, key)));
      expect(read20.every((found) => found.equals(bytes))).toBe(true);
    });

    it("copies, replacing what was there", async () => {
      const [from, to] = [fresh(), "../copy\u0001of/it"];
      await put(store, from, LARGE);
      await put(store, to, Buffer.from("old"));
      await store.copy(from, to);
      expect(await store.stat(to)).toEqual({ size: LARGE.length, sha256: sha256(LARGE) });
      await store.copy(to, to);
      await store.copy(to, from);
      expect((await read(store, from)).equals(LARGE)).toBe(true);
      expect((await keys(store)).filter((key) => key === from || key === to)).toEqual([to, from].sort());
      await store.delete(to);
    });

    it("keeps odd keys apart and as they are", async () => {
      const before = await keys(store);
      for (const key of ODD_KEYS) await put(store, key, Buffer.from(`of ${key}`));
      for (const key of ODD_KEYS) {
        expect((await read(store, key)).toString()).toBe(`of ${key}`);
        expect(await store.stat(key)).toEqual(expect.objectContaining({ size: Buffer.byteLength(`of ${key}`) }));
      }
      expect(await keys(store)).toEqual([...before, ...ODD_KEYS].sort());
      expect(await keys(store, "../")).toEqual(ODD_KEYS.filter((key) => key.startsWith("../")).sort());
      for (const key of ODD_KEYS) {
        await store.copy(key, `${key.slice(0, 300)}-copy`);
        await store.delete(key);
        expect((await read(store, `${key.slice(0, 300)}-copy`)).toString()).toBe(`of ${key}`);
        await store.delete(`${key.slice(0, 300)}-copy`);
      }
      expect(await keys(store)).toEqual(before);
    });

    it.each([
      ["", "empty"],
      ["a\0b", "U+0000"],
      ["\ud800", "Unicode"],
      ["x\udc00y", "Unicode"],
      ["x".repeat(1_025), "1025 bytes"],
      ["é".repeat(513), "1026 bytes"],
    ])("refuses the key %j", async (key, reason) => {
      const invalid = refusal("object_key_invalid", reason);
      await expect(put(store, key, Buffer.from("x"))).rejects.toEqual(invalid);
      await expect(store.get(key)).rejects.toEqual(invalid);
      await expect(store.stat(key)).rejects.toEqual(invalid);
      await expect(store.delete(key)).rejects.toEqual(invalid);
      await expect(store.copy(key, "a")).rejects.toEqual(invalid);
      await expect(store.copy("a", key)).rejects.toEqual(invalid);
      if (key !== "") await expect(keys(store, key)).rejects.toEqual(invalid);
    });

    it("lists by prefix, also more than a page", async () => {
      const names = Array.from({ length: 1_100 }, (_, index) => `page/${index % 7}/${index} ü+%.txt`);
      for (let start = 0; start < names.length; start += 50) {
        await Promise.all(names.slice(start, start + 50).map((key) => put(store, key, Buffer.from(key))));
      }
      expect(await keys(store, "page/")).toEqual([...names].sort());
      expect(await keys(store, "page/3/1")).toEqual(names.filter((key) => key.startsWith("page/3/1")).sort());
      expect(await keys(store, "page/8")).toEqual([]);
    });

    it("says so when it can't be reached", async () => {
      const { unreachable } = under;
      await expect(unreachable.check()).rejects.toEqual(refusal("storage_unavailable"));
      await expect(unreachable.stat("a")).rejects.toEqual(refusal("storage_unavailable"));
      await expect(unreachable.get("a")).rejects.toEqual(refusal("storage_unavailable"));
      await expect(put(unreachable, "a", Buffer.from("x"))).rejects.toEqual(refusal("storage_unavailable"));
      await expect(keys(unreachable)).rejects.toEqual(refusal("storage_unavailable"));
      const message = await unreachable.check().catch((error: Error) => error.message);
      expect(message).toContain(unreachable.description);
    });
  });
}
