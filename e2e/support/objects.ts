import { DeleteObjectsCommand, GetObjectCommand, NoSuchBucket, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { createLocalObjectStore } from "@/storage";
import type { Place } from "./environment";

/** What lies in an installation's object storage, seen from beside the application. */
export interface StoredObjects {
  /** SHA-256 by key. */
  hashes(): Promise<Map<string, string>>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** One after another they would wait for the gateway most of the time. */
const readsAtOnce = 6;

export function storedObjects(storage: Place["storage"]): StoredObjects {
  return storage.kind === "s3" ? inBucket(storage) : inFolder(storage.directory);
}

function inBucket(storage: Extract<Place["storage"], { kind: "s3" }>): StoredObjects {
  const { endpoint, bucket: Bucket, accessKeyId, secretAccessKey } = storage;
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  const keys = async () => {
    const found: string[] = [];
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
        found.push(...Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
      }
    } catch (error) {
      // An installation makes its bucket with its first object.
      if (!(error instanceof NoSuchBucket)) throw error;
    }
    return found;
  };
  return {
    hashes: async () => {
      const hashes = new Map<string, string>();
      const waiting = await keys();
      const hashWaiting = async () => {
        for (let Key = waiting.pop(); Key !== undefined; Key = waiting.pop()) {
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
          const bytes = await Body?.transformToByteArray();
          hashes.set(Key, createHash("sha256").update(bytes ?? "").digest("hex"));
        }
      };
      await Promise.all(Array.from({ length: readsAtOnce }, hashWaiting));
      return hashes;
    },
    clear: async () => {
      const Objects = (await keys()).map((Key) => ({ Key }));
      if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    },
    close: async () => client.destroy(),
  };
}

function inFolder(directory: string): StoredObjects {
  const store = createLocalObjectStore({ directory });
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of store.list("")) found.push(key);
    return found;
  };
  return {
    hashes: async () => {
      const hashes = new Map<string, string>();
      for (const key of await keys()) {
        const hash = createHash("sha256");
        for await (const chunk of (await store.get(key)).body) hash.update(chunk as Buffer);
        hashes.set(key, hash.digest("hex"));
      }
      return hashes;
    },
    clear: async () => {
      for (const key of await keys()) await store.delete(key);
    },
    close: () => store.close(),
  };
}
