import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { createLocalObjectStore, createS3ObjectStore, type ObjectStore } from "@/storage";

import { createTestBucket } from "../s3";

export type StorageKind = "local" | "s3";

/** Object storage whose state can be kept and brought back. */
export interface FaultsStorage {
  kind: StorageKind;
  /** The application's, which a test may lead through a proxy. */
  variables: Record<string, string>;
  objects: ObjectStore;
  /** SHA-256 of every object by key, read whole. */
  contents(): Promise<Record<string, string>>;
  /** Parts of objects that never became one. */
  leftovers(): Promise<string[]>;
  save(): Promise<void>;
  reset(): Promise<void>;
  drop(): Promise<void>;
}

/** Objects read or written at once. */
const concurrency = 16;

export async function createFaultsStorage(
  kind: StorageKind,
  dataDirectory: string,
  server?: { endpoint: string; accessKeyId: string; secretAccessKey: string },
): Promise<FaultsStorage> {
  return kind === "local" ? localStorage(path.join(dataDirectory, "objects")) : s3Storage(server);
}

function localStorage(directory: string): FaultsStorage {
  const objects = createLocalObjectStore({ directory });
  const leftovers = async () => {
    const names = await readdir(path.join(directory, "temporary")).catch(() => []);
    return names.map((name) => `half an object: ${name}`);
  };
  return { kind: "local", variables: {}, objects, leftovers, drop: () => objects.close(), ...stateOf(objects) };
}

async function s3Storage(server: Parameters<typeof createFaultsStorage>[2]): Promise<FaultsStorage> {
  const bucket = await createTestBucket(server);
  const { options, client } = bucket;
  const objects = createS3ObjectStore(options);
  await objects.check();
  return {
    kind: "s3",
    variables: {
      S3_ENDPOINT: options.endpoint,
      S3_REGION: options.region,
      S3_BUCKET: options.bucket,
      S3_ACCESS_KEY_ID: options.accessKeyId,
      S3_SECRET_ACCESS_KEY: options.secretAccessKey,
      S3_FORCE_PATH_STYLE: "true",
    },
    objects,
    leftovers: async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }));
      return Uploads.map(({ Key }) => `unfinished multipart upload: ${Key}`);
    },
    drop: async () => {
      await objects.close();
      await bucket.drop();
    },
    ...stateOf(objects),
  };
}

function stateOf(objects: ObjectStore): Pick<FaultsStorage, "contents" | "save" | "reset"> {
  const saved = new Map<string, { bytes: Buffer; sha256: string }>();
  const contents = async () => {
    const found = await readAll(objects);
    return Object.fromEntries([...found].map(([key, bytes]) => [key, sha256(bytes)]));
  };
  return {
    contents,
    save: async () => {
      saved.clear();
      for (const [key, bytes] of await readAll(objects)) saved.set(key, { bytes, sha256: sha256(bytes) });
    },
    reset: async () => {
      const now = await contents();
      const extra = Object.keys(now).filter((key) => !saved.has(key));
      const changed = [...saved].filter(([key, was]) => now[key] !== was.sha256);
      await atOnce(extra, (key) => objects.delete(key));
      await atOnce(changed, ([key, { bytes }]) => putObject(objects, key, bytes));
    },
  };
}

export async function putObject(objects: ObjectStore, key: string, bytes: Buffer): Promise<void> {
  await objects.put(key, bytes, { size: bytes.length, sha256: sha256(bytes), contentType: "text/plain", when: "always" });
}

async function readAll(objects: ObjectStore): Promise<Map<string, Buffer>> {
  const keys: string[] = [];
  for await (const { key } of objects.list("")) keys.push(key);
  const found = new Map<string, Buffer>();
  await atOnce(keys.sort(), async (key) => {
    const chunks: Buffer[] = [];
    for await (const chunk of (await objects.get(key)).body) chunks.push(chunk as Buffer);
    found.set(key, Buffer.concat(chunks));
  });
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function atOnce<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
