import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createS3ObjectStore, type ObjectReader, type ObjectStore } from "@/storage";
import { threadsDuring } from "../support/backup/threads";
import { startFaultyProxy, type FaultyProxy } from "../support/faulty-proxy";
import { createTestBucket, s3Available, type TestBucket } from "../support/s3";
import { put, refusal, sha256 } from "./conformance";

const size = 150_000;
const gets = ({ method }: IncomingMessage) => method === "GET";

describe.skipIf(!s3Available())("a reader of objects on S3", () => {
  let bucket: TestBucket;
  let proxy: FaultyProxy;
  let store: ObjectStore;
  const contents = Array.from({ length: 40 }, () => randomBytes(size));
  const allRight = contents.map(() => true);

  beforeAll(async () => {
    bucket = await createTestBucket();
    proxy = await startFaultyProxy(bucket.options.endpoint);
    store = createS3ObjectStore({ ...bucket.options, endpoint: proxy.endpoint }, { firstDelayMilliseconds: 10 });
    await Promise.all(contents.map((content, index) => put(store, `${index}`, content)));
  });
  afterEach(() => proxy.reset());
  afterAll(async () => {
    await store?.close();
    await proxy?.close();
    await bucket?.drop();
  });

  const readAll = (reader: ObjectReader) =>
    Promise.all(
      contents.map(async (content, index) => {
        const whole = await reader.read(`${index}`, size);
        const isRight = whole?.content.equals(content) === true && whole.sha256 === sha256(content);
        if (whole !== null) reader.doneWith(whole.content);
        return isRight;
      }),
    );

  it("of many has a thread of its own, which ends with it", async () => {
    const begun = await threadsDuring(async () => {
      const reader = store.openReader();
      for (let round = 0; round < 10; round++) expect(await readAll(reader)).toEqual(allRight);
      await reader.end();
    });
    expect(begun).toBe(1);
    // Nothing was read twice: neither there and here, nor since an answer was another's.
    expect(proxy.requests.filter((request) => request.includes("x-id=GetObject"))).toHaveLength(400);
  });

  it("of few needs none", async () => {
    const begun = await threadsDuring(async () => {
      const reader = store.openReader();
      for (let round = 0; round < 5; round++) expect(await readAll(reader)).toEqual(allRight);
      await reader.end();
    });
    expect(begun).toBe(0);
  });

  it.each(["online", "message"])("goes on by itself where its thread ends at its first %s", async (event) => {
    const endIt = (thread: Worker) => thread.once(event, () => void thread.terminate());
    const begun = await threadsDuring(async () => {
      const reader = store.openReader();
      for (let round = 0; round < 12; round++) expect(await readAll(reader)).toEqual(allRight);
      await reader.end();
    }, endIt);
    expect(begun).toBe(1);
  });

  it("rides out on its thread what it rides out by itself", async () => {
    const reader = store.openReader();
    await untilOnThread(reader);
    proxy.inject({ kind: "status", status: 503 }, { times: 5, when: gets });
    proxy.inject({ kind: "lose-answer" }, { times: 5, when: gets });
    proxy.inject({ kind: "cut-body", afterBytes: 70_000 }, { times: 5, when: gets });
    expect(await readAll(reader)).toEqual(allRight);
    await expect(reader.read("gone", size)).rejects.toEqual(refusal("object_missing"));
    expect(await reader.read("1", size + 1)).toBeNull();
    expect(await reader.read("1", size - 1)).toBeNull();
    proxy.inject({ kind: "status", status: 403 }, { times: 2, when: gets });
    await expect(reader.read("1", size)).rejects.toEqual(refusal("storage_unavailable"));
    await reader.end();
  });

  it("ends a read that is aborted while its thread waits for the server", async () => {
    const reader = store.openReader();
    await untilOnThread(reader);
    proxy.inject({ kind: "stall" }, { times: 1, when: gets });
    const leaving = new AbortController();
    const reading = reader.read("1", size, { signal: leaving.signal });
    await expect.poll(() => proxy.requests.filter((request) => request.endsWith("/1?x-id=GetObject")).length, { interval: 1 }).toBeGreaterThan(0);
    leaving.abort();
    await expect(reading).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
    await reader.end();
  });

  /** What the thread has read it takes back, so that it is empty afterwards. */
  async function untilOnThread(reader: ObjectReader): Promise<void> {
    for (let round = 0; round < 5; round++) await readAll(reader);
    await expect
      .poll(async () => {
        const whole = await reader.read("0", size);
        if (whole !== null) reader.doneWith(whole.content);
        await reader.read("0", size);
        return whole?.content.length;
      }, { interval: 1, timeout: 10_000 })
      .toBe(0);
    proxy.reset();
  }
});
