import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import { request } from "./s3-access";
import type { S3Access, S3ObjectStoreOptions } from "./s3-access";
import { isMissingBucket } from "./s3-errors";

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
