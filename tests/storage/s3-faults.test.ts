import { CreateMultipartUploadCommand, GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createS3ObjectStore } from "@/storage";
import type { ObjectStore } from "@/storage";
import { startFaultyProxy } from "../support/faulty-proxy";
import type { Fault, FaultyProxy } from "../support/faulty-proxy";
import { createTestBucket, s3Available } from "../support/s3";
import type { TestBucket } from "../support/s3";
import { keys, put, read, refusal, sha256, thenNothing } from "./conformance";

const BYTES = randomBytes(1_000_000);
const LARGE = randomBytes(20 * 1024 * 1024 + 17);

const gets = ({ method, url }: IncomingMessage) => method === "GET" && !url?.includes("list-type");
const puts = ({ method, url }: IncomingMessage) => method === "PUT" && !url?.includes("/.system-backup/");
const completions = ({ method, url }: IncomingMessage) => method === "POST" && url?.includes("uploadId=") === true;

/** A minute of silence is a fault; tests have less time. */
const SILENCE_MILLISECONDS = 500;

describe.skipIf(!s3Available())("S3 object storage behind a faulty network", () => {
  let bucket: TestBucket;
  let proxy: FaultyProxy;
  let store: ObjectStore;
  let impatient: ObjectStore;
  let count = 0;
  const fresh = () => `case-${(count += 1)}`;

  beforeAll(async () => {
    bucket = await createTestBucket();
    proxy = await startFaultyProxy(bucket.options.endpoint);
    const options = { ...bucket.options, endpoint: proxy.endpoint };
    const quick = { firstDelayMilliseconds: 10 };
    store = createS3ObjectStore(options, quick);
    impatient = createS3ObjectStore(options, { ...quick, silenceMilliseconds: SILENCE_MILLISECONDS, attempts: 2 });
    // So that each knows what its server honours.
    await put(impatient, fresh(), BYTES);
    await put(store, fresh(), BYTES);
  });
  afterEach(() => proxy.reset());
  afterAll(async () => {
    await store?.close();
    await impatient?.close();
    await proxy?.close();
    await bucket?.drop();
  });

  const uploads = async (key: string) => {
    const { Uploads = [] } = await bucket.client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket.options.bucket, Prefix: key }),
    );
    return Uploads;
  };

  const transient: Fault[] = [
    { kind: "status", status: 503 },
    { kind: "status", status: 500 },
    { kind: "refuse" },
    { kind: "lose-answer" },
  ];
  it.each(transient)("rides out three times %j in every operation", async (fault) => {
    const key = fresh();
    const thrice = () => proxy.inject(fault, { times: 3 });
    thrice();
    await put(store, key, BYTES);
    thrice();
    expect(await store.stat(key)).toEqual({ size: BYTES.length, sha256: sha256(BYTES) });
    thrice();
    expect((await read(store, key)).equals(BYTES)).toBe(true);
    thrice();
    await store.copy(key, `${key}-copy`);
    thrice();
    expect(await keys(store, key)).toEqual([key, `${key}-copy`]);
    thrice();
    await store.delete(key);
    thrice();
    await store.check();
    expect(await store.stat(key)).toBeNull();
  });

  it("rides out faults in each part of a large upload", async () => {
    const key = fresh();
    proxy.inject({ kind: "status", status: 503 }, { times: 2, when: puts });
    proxy.inject({ kind: "lose-answer" }, { times: 1, when: puts });
    proxy.inject({ kind: "lose-answer" }, { times: 1, when: completions });
    await put(store, key, LARGE);
    expect((await read(store, key)).equals(LARGE)).toBe(true);
    expect(await uploads(key)).toEqual([]);
  });

  it("gives up in the end, leaves nothing, and works again afterwards", async () => {
    const key = fresh();
    for (const bytes of [BYTES, LARGE]) {
      proxy.inject({ kind: "status", status: 503 }, { times: 1_000, when: puts });
      await expect(put(store, key, bytes)).rejects.toEqual(refusal("storage_unavailable", "HTTP 503"));
      proxy.reset();
      expect(await store.stat(key)).toBeNull();
      expect(await uploads(key)).toEqual([]);
    }
    await put(store, key, BYTES);
  });

  it("gives up what a put that was killed had begun, and nobody else's", async () => {
    const [killed, other] = [`${fresh()} ü+.bin`, fresh()];
    for (const key of [killed, killed, other]) {
      await bucket.client.send(new CreateMultipartUploadCommand({ Bucket: bucket.options.bucket, Key: key }));
    }
    await put(store, killed, BYTES);
    await store.discardUnfinished([killed, "of nobody"]);
    expect(await uploads(killed)).toEqual([]);
    expect(await uploads(other)).toHaveLength(1);
    expect((await read(store, killed)).equals(BYTES)).toBe(true);
    await store.discardUnfinished([other]);
    expect(await uploads(other)).toEqual([]);
  });

  it("sends a request at most six times, further apart each time", async () => {
    proxy.inject({ kind: "status", status: 503 }, { times: 1_000 });
    const patient = createS3ObjectStore({ ...bucket.options, endpoint: proxy.endpoint });
    await expect(patient.stat("a")).rejects.toEqual(refusal("storage_unavailable"));
    expect(proxy.requests).toHaveLength(6);
    await patient.close();
  });

  it("never takes its own object for somebody else's when an answer was lost", async () => {
    const key = fresh();
    proxy.inject({ kind: "lose-answer" }, { times: 1, when: puts });
    await put(store, key, BYTES, { when: "absent" });
    expect(proxy.requests.filter((request) => request.startsWith("PUT"))).toHaveLength(2);
    await expect(put(store, key, BYTES, { when: "absent" })).rejects.toEqual(refusal("object_exists"));
  });

  it("sees that an object is there where the server hangs up instead of saying so", async () => {
    const key = fresh();
    await put(store, key, BYTES);
    proxy.inject({ kind: "refuse" }, { times: 6, when: puts });
    await expect(put(store, key, BYTES, { when: "absent" })).rejects.toEqual(refusal("object_exists"));
  });

  it("sees that another came first when its own request was refused", async () => {
    const key = fresh();
    proxy.inject({ kind: "status", status: 503 }, { times: 1, when: puts });
    const putting = put(store, key, BYTES, { when: "absent" });
    const wasSent = () => expect(proxy.requests.some((request) => request.startsWith("PUT"))).toBe(true);
    await vi.waitFor(wasSent, { interval: 1 });
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.options.bucket, Key: key, Body: BYTES }));
    await expect(putting).rejects.toEqual(refusal("object_exists"));
  });

  it("writes to a server that knows no conditional writes, and not over what is there", async () => {
    for (const bytes of [BYTES, LARGE]) {
      const key = fresh();
      const conditional = ({ headers }: IncomingMessage) => headers["if-none-match"] !== undefined;
      proxy.inject({ kind: "status", status: 501 }, { times: 1_000, when: conditional });
      await put(store, key, bytes, { when: "absent" });
      expect((await read(store, key)).equals(bytes)).toBe(true);
      await expect(put(store, key, BYTES, { when: "absent" })).rejects.toEqual(refusal("object_exists"));
      expect((await read(store, key)).equals(bytes)).toBe(true);
      expect(await uploads(key)).toEqual([]);
    }
  });

  it("copies what an object is served with", async () => {
    const key = fresh();
    const served = {
      ContentType: "text/css",
      CacheControl: "max-age=60",
      ContentDisposition: "inline",
      ContentEncoding: "identity",
      ContentLanguage: "en",
      Expires: new Date("2030-01-02T03:04:05Z"),
    };
    const { bucket: Bucket } = bucket.options;
    await bucket.client.send(new PutObjectCommand({ Bucket, Key: key, Body: BYTES, ...served }));
    await store.copy(key, `${key}-copy`);
    const { Expires, ...rest } = served;
    expect(await bucket.client.send(new HeadObjectCommand({ Bucket, Key: `${key}-copy` }))).toMatchObject({
      ...rest,
      ExpiresString: Expires.toUTCString(),
    });
  });

  it("takes a stalled server for a fault in every operation", async () => {
    const key = fresh();
    await put(store, key, BYTES);
    const operations = [
      () => impatient.stat(key),
      () => impatient.get(key),
      () => put(impatient, `${key}-new`, BYTES),
      () => put(impatient, `${key}-new`, LARGE),
      () => impatient.copy(key, `${key}-copy`),
      () => keys(impatient),
      () => impatient.delete(key),
      () => impatient.check(),
    ];
    for (const operation of operations) {
      proxy.inject({ kind: "stall" }, { times: 1_000 });
      await expect(operation()).rejects.toEqual(refusal("storage_unavailable", "no answer came in time"));
      proxy.reset();
    }
    expect(await keys(impatient, key)).toEqual([key]);
  });

  it("takes a server that stalls in the middle of a put for a fault", async () => {
    const key = fresh();
    for (const [bytes, when] of [[BYTES, puts], [LARGE, puts], [LARGE, completions]] as const) {
      proxy.inject({ kind: "stall" }, { times: 1_000, when });
      const putting = put(impatient, key, bytes);
      await expect(putting).rejects.toEqual(refusal("storage_unavailable", "no answer came in time"));
      proxy.reset();
      expect(await store.stat(key)).toBeNull();
      expect(await uploads(key)).toEqual([]);
    }
  });

  it("tries again where a server stalls once", async () => {
    const key = fresh();
    proxy.inject({ kind: "stall" }, { times: 1, when: puts });
    await put(impatient, key, BYTES);
    proxy.inject({ kind: "stall" }, { times: 1, when: gets });
    proxy.inject({ kind: "stall-body", afterBytes: 300_000 }, { times: 1, when: gets });
    expect((await read(impatient, key)).equals(BYTES)).toBe(true);
  });

  it("can be aborted while a server stalls", async () => {
    proxy.inject({ kind: "stall" }, { times: 1_000 });
    const started = performance.now();
    const signal = AbortSignal.timeout(100);
    await expect(store.check({ signal })).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
    expect(performance.now() - started).toBeLessThan(SILENCE_MILLISECONDS);
  });

  it("takes a body up again where the connection was cut", async () => {
    const key = fresh();
    await put(store, key, LARGE);
    for (const afterBytes of [0, 1, 5_000_000]) {
      proxy.inject({ kind: "cut-body", afterBytes }, { times: 1, when: gets });
    }
    expect((await read(store, key)).equals(LARGE)).toBe(true);
    expect(proxy.requests.filter((request) => request.startsWith("GET"))).toHaveLength(4);
  });

  it("fails a body that is cut again and again without getting further", async () => {
    const key = fresh();
    await put(store, key, BYTES);
    proxy.inject({ kind: "cut-body", afterBytes: 100_000 }, { times: 1, when: gets });
    proxy.inject({ kind: "cut-body", afterBytes: 0 }, { times: 1_000, when: gets });
    await expect(read(store, key)).rejects.toEqual(refusal("storage_unavailable", "broke off after 100000 of 1000000"));
  });

  it("fails a body whose object is replaced while the connection is down", async () => {
    const key = fresh();
    await put(store, key, BYTES);
    proxy.inject({ kind: "cut-body", afterBytes: 100_000 }, { times: 1, when: gets });
    const { body } = await store.get(key);
    await put(store, key, Buffer.alloc(BYTES.length), { when: "always" });
    const reading = (async () => {
      for await (const _ of body);
    })();
    await expect(reading).rejects.toEqual(refusal("storage_unavailable", "changed while it was read"));
  });

  it.each<Fault>([
    { kind: "shorten-body", bytes: 1 },
    { kind: "lengthen-body", bytes: 1 },
    { kind: "wrong-byte", at: 0 },
    { kind: "wrong-byte", at: BYTES.length - 1 },
  ])("notices %j", async (fault) => {
    const key = fresh();
    await put(store, key, BYTES);
    proxy.inject(fault, { times: 1, when: gets });
    await expect(read(store, key)).rejects.toEqual(refusal("storage_unavailable", "SHA-256"));
    expect((await read(store, key)).equals(BYTES)).toBe(true);
  });

  it("takes an empty answer for a fault, not for an empty bucket", async () => {
    await put(store, fresh(), BYTES);
    const listings = ({ url }: IncomingMessage) => url?.includes("list-type") === true;
    proxy.inject({ kind: "status", status: 200 }, { times: 1, when: listings });
    await expect(keys(store)).rejects.toEqual(refusal("storage_unavailable", "half a listing"));
  });

  it("closes connections of readers that leave", async () => {
    const key = fresh();
    await put(store, key, LARGE);
    const bodies = await Promise.all(Array.from({ length: 20 }, async () => (await store.get(key)).body));
    expect(proxy.connections()).toBeGreaterThanOrEqual(20);
    for (const body of bodies) body.destroy();
    await vi.waitFor(() => expect(proxy.connections()).toBeLessThan(3));
  });

  it("leaves no parts behind when a large put is aborted or differs", async () => {
    const key = fresh();
    const controller = new AbortController();
    const body = thenNothing(LARGE.subarray(0, 9 * 1024 * 1024));
    const putting = put(store, key, LARGE, { body, signal: controller.signal });
    const aborted = expect(putting).rejects.toEqual(expect.objectContaining({ name: "AbortError" }));
    await vi.waitFor(async () => expect(await uploads(key)).toHaveLength(1));
    controller.abort();
    await aborted;
    await expect(put(store, key, LARGE, { sha256: sha256(BYTES) })).rejects.toEqual(refusal("object_differs"));
    expect(await uploads(key)).toEqual([]);
  });

  it("corrects the clock for all requests under way at once", async () => {
    const key = fresh();
    await put(store, key, BYTES);
    // The store believes these answers, and signs an hour ahead from then on.
    proxy.inject({ kind: "status", status: 403, code: "RequestTimeTooSkewed", clockAheadMilliseconds: 3_600_000 }, { times: 6 });
    await expect(store.stat(key)).rejects.toMatchObject({ code: "storage_unavailable" });
    const found = await Promise.all(Array.from({ length: 32 }, () => store.stat(key)));
    expect(found).toEqual(Array(32).fill({ size: BYTES.length, sha256: sha256(BYTES) }));
  });

  it("corrects the clock by the server's", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
    try {
      const skewed = createS3ObjectStore(bucket.options);
      await skewed.check();
      const key = fresh();
      await put(skewed, key, BYTES);
      expect(await skewed.stat(key)).toEqual({ size: BYTES.length, sha256: sha256(BYTES) });
      await skewed.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it("says which keys are wrong and never shows them", async () => {
    const { accessKeyId, secretAccessKey } = bucket.options;
    const wrongSecret = createS3ObjectStore({ ...bucket.options, secretAccessKey: "wrong-secret-value" });
    const unknownKey = createS3ObjectStore({ ...bucket.options, accessKeyId: "unknown-key-value" });
    const refused = [
      [wrongSecret, "secret access key is wrong"],
      [unknownKey, "access key is unknown"],
    ] as const;
    for (const [wrong, reason] of refused) {
      const error: unknown = await wrong.check().catch((caught: unknown) => caught);
      expect(error).toEqual(refusal("storage_unavailable", reason));
      const all = JSON.stringify([error, error instanceof Error && [error.message, error.stack, error.cause]]);
      for (const secret of [accessKeyId, secretAccessKey, "wrong-secret-value", "unknown-key-value"]) {
        expect(all).not.toContain(secret);
      }
      await wrong.close();
    }
    const endpoint = bucket.options.endpoint.replace("http://", "http://somebody:password@");
    expect(createS3ObjectStore({ ...bucket.options, endpoint }).description).not.toMatch(/somebody|password/);
  });

  it("gives ordinary keys their plain names in the bucket and reads what other tools put there", async () => {
    const key = "organizations/7/scans/8/screenshot/9-Überblick +1 (final).png";
    await put(store, key, BYTES, { contentType: "image/png" });
    const target = { Bucket: bucket.options.bucket, Key: key };
    const { ContentType, Metadata } = await bucket.client.send(new HeadObjectCommand(target));
    expect(ContentType).toBe("image/png");
    expect(Metadata?.["sha256"]).toBe(sha256(BYTES));
    const seen = await bucket.client.send(new GetObjectCommand(target));
    expect(Buffer.from((await seen.Body?.transformToByteArray()) ?? []).equals(BYTES)).toBe(true);

    const foreign = fresh();
    await bucket.client.send(new PutObjectCommand({ ...target, Key: foreign, Body: Buffer.from("theirs") }));
    expect(await store.stat(foreign)).toEqual({ size: 6, sha256: null });
    expect((await read(store, foreign)).toString()).toBe("theirs");
    await put(store, fresh(), BYTES, { contentType: "text/ü\r\nx-evil: 1" });
  });
});
