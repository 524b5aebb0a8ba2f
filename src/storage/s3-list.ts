import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { StorageError } from "./errors";
import { assertObjectKeyPrefix } from "./object-key";
import { request } from "./s3-access";
import type { S3Access } from "./s3-access";
import { isReservedName, ODD_NAME_PREFIX, oddKeyOf } from "./s3-names";
import { head } from "./s3-stat";

interface Listed {
  key: string;
  size: number;
}

/** Odd keys are in their objects' metadata, one request each; as many at once. */
const ODD_KEYS_AT_ONCE = 16;

/** See ObjectStore.list. */
export async function* listObjects(access: S3Access, prefix: string): AsyncGenerator<Listed, void, undefined> {
  assertObjectKeyPrefix(prefix);
  for await (const page of listNames(access, prefix)) {
    for (const { name, size } of page) {
      if (!isReservedName(name)) yield { key: name, size };
    }
  }
  for await (const page of listNames(access, ODD_NAME_PREFIX)) {
    for (let start = 0; start < page.length; start += ODD_KEYS_AT_ONCE) {
      const names = page.slice(start, start + ODD_KEYS_AT_ONCE);
      const objects = await Promise.all(names.map((listed) => withOddKey(access, listed)));
      for (const object of objects) {
        if (object?.key.startsWith(prefix)) yield object;
      }
    }
  }
}

async function withOddKey(access: S3Access, { name, size }: { name: string; size: number }): Promise<Listed | null> {
  const object = await head(access, name);
  const key = object && oddKeyOf(name, object.Metadata);
  return key === null ? null : { key, size };
}

async function* listNames(access: S3Access, prefix: string): AsyncGenerator<{ name: string; size: number }[]> {
  let continuation: string | undefined;
  do {
    const page = await request(access, (sending) =>
      access.client.send(
        new ListObjectsV2Command({
          Bucket: access.bucket,
          Prefix: prefix,
          // Without it, names that XML can't carry come out changed.
          EncodingType: "url",
          ContinuationToken: continuation,
        }),
        sending,
      ),
    );
    // The SDK reads an answer without a body as one without objects.
    if (page.IsTruncated === undefined) throw incomplete(access);
    yield (page.Contents ?? []).map(({ Key, Size }) => {
      if (Key === undefined || Size === undefined) throw incomplete(access);
      return { name: page.EncodingType === "url" ? decodeName(Key) : Key, size: Size };
    });
    continuation = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (continuation !== undefined);
}

function incomplete({ description }: S3Access): StorageError {
  return new StorageError("storage_unavailable", `${description}: the server answered with half a listing.`);
}

/** Amazon writes a space as `+` in listings, others as `%20`; all write a plus as `%2B`. */
function decodeName(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll("+", " "));
}
