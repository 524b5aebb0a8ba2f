import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import { request } from "./s3-access";
import type { S3Access, S3ObjectStoreOptions } from "./s3-access";
import { isMissingBucket, isPreconditionFailed } from "./s3-errors";
import { CHECK_NAME } from "./s3-names";

/** Amazon's first region, which is the one that a new bucket must not name. */
const DEFAULT_REGION = "us-east-1";

/** Makes the bucket unless it is there. */
export async function ensureBucket(access: S3Access, { endpoint, region }: S3ObjectStoreOptions): Promise<void> {
  const { client, bucket } = access;
  // Other servers have places of their own, seldom named like the region in the signature.
  const placed = endpoint === undefined && region !== DEFAULT_REGION;
  const configuration = placed && {
    CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
  };
  await request(access, async () => {
    try {
      // Not HeadBucket: its errors have no body, so a wrong clock and a wrong key look alike.
      await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }));
    } catch (error) {
      if (!isMissingBucket(error)) throw error;
      await client.send(new CreateBucketCommand({ Bucket: bucket, ...configuration })).catch(ignoreOwned);
    }
  });
}

/** Another process made it in between. */
function ignoreOwned(error: unknown): void {
  if (!(error instanceof Error && error.name === "BucketAlreadyOwnedByYou")) throw error;
}

/**
 * Stores an empty object where none is yet, and later finds it there: rights are looked at
 * before conditions, so being told that it exists means being allowed to write. No check
 * after the first leaves anything behind, in a bucket with versions either.
 */
export async function checkWritable(access: S3Access, signal: AbortSignal | undefined): Promise<void> {
  const object = { Bucket: access.bucket, Key: CHECK_NAME, Body: Buffer.alloc(0), IfNoneMatch: "*" };
  await request(access, async (sending) => {
    try {
      await access.client.send(new PutObjectCommand(object), sending);
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
    }
  }, signal);
}
