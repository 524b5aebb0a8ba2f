import { createHash } from "node:crypto";
import path from "node:path";

import { startS3Server } from "../../tests/support/s3-server";
import { makeBucketByCurl, sendByCurl, type Bucket } from "./s3-by-curl";
import { shell } from "./shell";
import { openStore, type Storage } from "./storage";

/** The source's objects on an S3 server of this machine. */
export interface S3Objects {
  source: Bucket;
  /** Those of the source to warm up with. */
  small: Bucket;
  /** The same objects under names that no tool stumbles over: those of local storage's files. */
  toolsSource: Bucket;
  /** The name of a new bucket. */
  fresh(): Bucket;
  /** What `fresh` gave last. */
  latest(): Bucket;
  /** Another one in which nothing is. */
  warm(): Bucket;
  /** Of the server's processes. */
  pids: readonly number[];
  stop(): Promise<void>;
}

export async function startS3Objects(folder: string): Promise<S3Objects> {
  const { endpoint, accessKeyId, secretAccessKey, pids, stop } = await startS3Server({ directory: path.join(folder, "s3-objects") });
  const inBucket = (bucket: string): Bucket => ({ kind: "s3", endpoint, accessKeyId, secretAccessKey, bucket });
  const inFolder = (name: string) => ({ kind: "local", directory: path.join(folder, name) }) as const;
  const source = inBucket("source");
  const small = inBucket("small");
  const toolsSource = inBucket("tools-source");
  try {
    await copyObjects(inFolder("source"), source);
    await copyObjects(inFolder("small"), small);
    await shell(`cd ${inFolder("source").directory} && ${makeBucketByCurl(toolsSource)} && find objects -type f | ${sendByCurl(toolsSource)}`);
  } catch (error) {
    await stop();
    throw error;
  }
  let buckets = 0;
  const latest = () => inBucket(`target-${buckets}`);
  const fresh = () => {
    buckets += 1;
    return latest();
  };
  let warmed = 0;
  const warm = () => inBucket(`warm-${(warmed += 1)}`);
  return { source, small, toolsSource, fresh, warm, latest, pids, stop };
}

async function copyObjects(from: Storage, to: Storage): Promise<void> {
  const near = openStore(from);
  const far = openStore(to);
  for await (const { key, size } of near.list("")) {
    const chunks: Buffer[] = [];
    for await (const chunk of (await near.get(key)).body) chunks.push(chunk as Buffer);
    const content = Buffer.concat(chunks);
    const sha256 = createHash("sha256").update(content).digest("hex");
    await far.put(key, content, { size, sha256, contentType: "application/octet-stream", when: "absent" });
  }
  await Promise.all([near.close(), far.close()]);
}
