import { HeadObjectCommand } from "@aws-sdk/client-s3";
import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { request } from "./s3-access";
import type { S3Access } from "./s3-access";
import { isMissingObject } from "./s3-errors";
import { SHA256_METADATA } from "./s3-names";

const SHA256 = /^[0-9a-f]{64}$/;

/** The hash that an object was put with. Null for objects that other tools put. */
export function statedHash(metadata: Record<string, string> | undefined): string | null {
  const stated = metadata?.[SHA256_METADATA];
  return stated !== undefined && SHA256.test(stated) ? stated : null;
}

/** What the server says of an object, by its name in the bucket. Null where there is none. */
export async function head(
  access: S3Access,
  name: string,
  signal?: AbortSignal,
): Promise<HeadObjectCommandOutput | null> {
  return request(access, async (sending) => {
    try {
      return await access.client.send(new HeadObjectCommand({ Bucket: access.bucket, Key: name }), sending);
    } catch (error) {
      if (isMissingObject(error)) return null;
      throw error;
    }
  }, signal);
}
