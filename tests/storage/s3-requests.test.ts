import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createS3ObjectStore, StorageError, type ObjectStore } from "@/storage";
import { startFaultyProxy, type FaultyProxy } from "../support/faulty-proxy";
import { createTestBucket, s3Available, type TestBucket } from "../support/s3";
import { ODD_KEYS, put, refusal } from "./conformance";

const bytes = Buffer.from("a few bytes");

/** What a server far away is asked, each of which costs a way there and back. */
describe.skipIf(!s3Available())("requests of S3 object storage", () => {
  let bucket: TestBucket;
  let proxy: FaultyProxy;
  let store: ObjectStore;

  beforeAll(async () => {
    bucket = await createTestBucket();
    proxy = await startFaultyProxy(bucket.options.endpoint);
    store = newStore();
    await store.check();
  });
  afterEach(() => proxy.reset());
  afterAll(async () => {
    await store?.close();
    await proxy?.close();
    await bucket?.drop();
  });

  const newStore = () => createS3ObjectStore({ ...bucket.options, endpoint: proxy.endpoint }, { firstDelayMilliseconds: 10 });
  const countOf = (method: string, part = "") => proxy.requests.filter((one) => one.startsWith(method) && one.includes(part)).length;
  const conditional = ({ headers, url }: IncomingMessage) => headers["if-none-match"] !== undefined && url?.includes("check") === true;

  it("are one for an object where none is, once the server is known not to replace", async () => {
    const own = newStore();
    await put(own, "first", bytes);
    proxy.reset();
    for (const key of ["second", "third"]) await put(own, key, bytes);
    await expect(put(own, "third", bytes)).rejects.toEqual(refusal("object_exists"));
    expect(proxy.requests.map((request) => request.slice(0, 4))).toEqual(["PUT ", "PUT ", "PUT "]);
    await own.close();
  });

  it("are two where it overlooks conditions, or does not know them", async () => {
    const answers = [
      { kind: "status", status: 200 },
      { kind: "status", status: 501 },
    ] as const;
    for (const fault of answers) {
      const own = newStore();
      proxy.inject(fault, { times: 2, when: conditional });
      const key = `looked-for-${fault.status}`;
      await put(own, key, bytes);
      await expect(put(own, key, bytes)).rejects.toEqual(refusal("object_exists"));
      expect(countOf("HEAD")).toBe(2);
      expect(countOf("PUT", key)).toBe(1);
      await own.close();
      proxy.reset();
    }
  });

  it("ask again whether conditions are honoured where that could not be told", async () => {
    const own = newStore();
    proxy.inject({ kind: "status", status: 403 }, { times: 1, when: conditional });
    await expect(put(own, "asked-again", bytes)).rejects.toBeInstanceOf(StorageError);
    await put(own, "asked-again", bytes);
    expect(countOf("HEAD")).toBe(0);
    await own.close();
  });

  it("let a check pass on a server without conditions", async () => {
    proxy.inject({ kind: "status", status: 501 }, { times: 1, when: conditional });
    await store.check();
    proxy.inject({ kind: "status", status: 501 }, { times: 1, when: conditional });
    proxy.inject({ kind: "status", status: 403 }, { times: 1, when: ({ method }) => method === "PUT" });
    await expect(store.check()).rejects.toEqual(refusal("storage_unavailable"));
  });

  it("are a page for a thousand keys, to tell which are missing", async () => {
    const names = Array.from({ length: 2_500 }, (_, index) => `many/${index}`);
    const stored = ["many/1", "many/999", "many/2499", ...ODD_KEYS.slice(0, 30)];
    for (const key of stored) await put(store, key, bytes);
    proxy.reset();
    const missing = await store.missingAmong([...names, ...ODD_KEYS.slice(0, 60)]);
    expect(missing).toEqual(new Set([...names, ...ODD_KEYS.slice(0, 60)].filter((key) => !stored.includes(key))));
    expect(proxy.requests).toHaveLength(1);
    for (const key of stored) await store.delete(key);
  });

  it("go through more than a page, from the first key on, and only as long as that may pay", async () => {
    const others = Array.from({ length: 2_100 }, (_, index) => `m/${String(index).padStart(5, "0")}`);
    const { bucket: Bucket } = bucket.options;
    for (let start = 0; start < others.length; start += 50) {
      await Promise.all(others.slice(start, start + 50).map((Key) => bucket.client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.alloc(0) }))));
    }
    const wanted = Array.from({ length: 150 }, (_, index) => `m/0${index * 10 + 1000}x`);
    expect(await store.missingAmong(wanted)).toEqual(new Set(wanted));
    expect(countOf("GET")).toBe(2);
    proxy.reset();
    // One page for less than a hundred keys: it goes from behind m/00000 to m/01000.
    expect(await store.missingAmong(["m/00000x", "m/00999x", ...wanted.slice(0, 60)])).toEqual(new Set(["m/00000x", "m/00999x"]));
    expect(countOf("GET")).toBe(1);
    expect(await store.missingAmong(wanted.slice(0, 49))).toEqual(new Set());
    expect(countOf("GET")).toBe(1);
  });

  it("to tell which are missing are repeated, and fail like others", async () => {
    const wanted = Array.from({ length: 100 }, (_, index) => `none/${index}`);
    proxy.inject({ kind: "status", status: 503 }, { times: 2 });
    expect((await store.missingAmong(wanted)).size).toBe(100);
    proxy.inject({ kind: "status", status: 403 }, { times: 1 });
    await expect(store.missingAmong(wanted)).rejects.toEqual(refusal("storage_unavailable"));
    await expect(store.missingAmong(wanted, { signal: AbortSignal.abort() })).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});
