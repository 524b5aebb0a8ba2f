import { PutObjectCommand } from "@aws-sdk/client-s3";
import { request } from "./s3-access";
import type { S3Access } from "./s3-access";
import { isNotImplemented, isPreconditionFailed } from "./s3-errors";
import { CHECK_NAME } from "./s3-names";

/**
 * Stores an empty object where none is yet, and later finds it there: rights are looked at
 * before conditions, so being told that it exists means being allowed to write. Where conditions
 * are honoured no check after the first leaves anything behind, in a bucket with versions either.
 */
export async function checkWritable(access: S3Access, signal: AbortSignal | undefined): Promise<void> {
  await putWhereNoneIs(access, signal);
}

/**
 * Whether the server, told to store an object only where none is, does not replace one. The
 * request is the same for every object, so what it does with the one of `checkWritable` it does with all.
 */
export async function honoursConditions(access: S3Access): Promise<boolean> {
  const first = await putWhereNoneIs(access);
  // It may not have been there; now it is.
  const outcome = first === "stored" ? await putWhereNoneIs(access) : first;
  return outcome === "refused";
}

async function putWhereNoneIs(access: S3Access, signal?: AbortSignal): Promise<"stored" | "refused" | "not understood"> {
  const object = { Bucket: access.bucket, Key: CHECK_NAME, Body: Buffer.alloc(0) };
  return request(access, async (sending) => {
    try {
      await access.client.send(new PutObjectCommand({ ...object, IfNoneMatch: "*" }), sending);
      return "stored";
    } catch (error) {
      if (isPreconditionFailed(error)) return "refused";
      if (!isNotImplemented(error)) throw error;
      await access.client.send(new PutObjectCommand(object), sending);
      return "not understood";
    }
  }, signal);
}
