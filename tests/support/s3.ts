import { DeleteBucketCommand, DeleteObjectsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import type { S3ObjectStoreOptions } from "@/storage/s3";

export interface TestBucket {
  /** For createS3ObjectStore, which makes the bucket. */
  options: S3ObjectStoreOptions & { endpoint: string };
  /** For looking into the bucket without the store. */
  client: S3Client;
  /** Removes the bucket and what is in it. */
  drop(): Promise<void>;
}

/** Whether this run has an S3 server; in CI, a run without one does not begin. */
export function s3Available(): boolean {
  return inject("s3") !== null;
}

/** The name of a bucket that nobody else uses, on the run's S3 server or another one. */
export async function createTestBucket(server = inject("s3")): Promise<TestBucket> {
  if (server === null) throw new Error("This run has no S3 server.");
  const { endpoint, accessKeyId, secretAccessKey } = server;
  const options = { ...server, region: "us-east-1", bucket: `test-${randomUUID()}`, forcePathStyle: true };
  const client = new S3Client({
    endpoint,
    region: options.region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  return {
    options,
    client,
    async drop() {
      await emptyAndDelete(client, options.bucket).catch((error: unknown) => {
        if (!(error instanceof Error && error.name === "NoSuchBucket")) throw error;
      });
      client.destroy();
    },
  };
}

async function emptyAndDelete(client: S3Client, bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    if (Contents.length === 0) break;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
  }
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
}
