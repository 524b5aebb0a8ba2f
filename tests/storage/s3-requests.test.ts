import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createS3ObjectStore, type ObjectStore } from "@/storage";
import { startFaultyProxy, type FaultyProxy } from "../support/faulty-proxy";
import { createTestBucket, s3Available, type TestBucket } from "../support/s3";
import { put, refusal } from "./conformance";

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

  it("are two where it cannot be told whether conditions are honoured, until it can", async () => {
    const own = newStore();
    proxy.inject({ kind: "status", status: 403 }, { times: 1, when: conditional });
    await put(own, "not-told", bytes);
    expect(countOf("HEAD")).toBe(1);
    await expect(put(own, "not-told", bytes)).rejects.toEqual(refusal("object_exists"));
    await put(own, "told", bytes);
    expect(countOf("HEAD")).toBe(1);
    await own.close();
  });

  it("let a check pass on a server without conditions", async () => {
    proxy.inject({ kind: "status", status: 501 }, { times: 1, when: conditional });
    await store.check();
    proxy.inject({ kind: "status", status: 501 }, { times: 1, when: conditional });
    proxy.inject({ kind: "status", status: 403 }, { times: 1, when: ({ method }) => method === "PUT" });
    await expect(store.check()).rejects.toEqual(refusal("storage_unavailable"));
  });
});
