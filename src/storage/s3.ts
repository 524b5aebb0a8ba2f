import { CopyObjectCommand, DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { orAbort } from "./abort";
import { consuming } from "./body";
import { StorageError } from "./errors";
import { assertObjectKey, quoted } from "./object-key";
import type { ObjectStore } from "./object-store";
import { onceSuccessful } from "./once";
import { DEFAULT_LIMITS, openAccess, request } from "./s3-access";
import type { S3Limits, S3ObjectStoreOptions } from "./s3-access";
import { ensureBucket } from "./s3-bucket";
import { checkWritable, honoursConditions } from "./s3-check";
import { download } from "./s3-download";
import { listObjects } from "./s3-list";
import { KEY_METADATA, keyMetadata, objectName } from "./s3-names";
import { openS3Reader } from "./s3-reader";
import { head, statedHash } from "./s3-stat";
import { abortUploads } from "./s3-unfinished";
import { upload } from "./s3-upload";

export type { S3Limits, S3ObjectStoreOptions } from "./s3-access";

/**
 * Objects in a bucket of any S3-compatible server. Ordinary keys are the objects' names; keys
 * that not every server or proxy carries unchanged are named otherwise, see s3-names.ts.
 * The keys need the rights to list, get, put and delete, and to list and abort multipart uploads.
 */
export function createS3ObjectStore(options: S3ObjectStoreOptions, limits: Partial<S3Limits> = {}): ObjectStore {
  const access = openAccess(options, { ...DEFAULT_LIMITS, ...limits });
  const prepared = onceSuccessful(() => ensureBucket(access, options));
  const conditions = onceSuccessful(() => honoursConditions(access));
  const { client, bucket, description } = access;

  const store: ObjectStore = {
    description,
    // A server 20 ms away then takes or gives a thousand small objects a second; a body held for each is 32 MiB at most.
    requestsAtOnce: 32,

    async stat(key, { signal } = {}) {
      const name = objectName(key);
      await orAbort(prepared(), signal);
      const object = await head(access, name, signal);
      return object && { size: object.ContentLength ?? 0, sha256: statedHash(object.Metadata) };
    },

    async get(key, { signal } = {}) {
      assertObjectKey(key);
      await orAbort(prepared(), signal);
      return download(access, key, signal);
    },

    openReader: () => openS3Reader(access, options, prepared, store.requestsAtOnce),

    async put(key, body, options) {
      await consuming(body, async () => {
        assertObjectKey(key);
        await orAbort(prepared(), options.signal);
        // Where it cannot be told, the put looks first, and finds out what is wrong.
        const refusesToReplace = options.when === "absent" && (await orAbort(conditions().catch(() => false), options.signal));
        await upload(access, key, body, { ...options, refusesToReplace });
      });
    },

    async copy(from, to) {
      const source = objectName(from);
      const target = objectName(to);
      await prepared();
      const object = await head(access, source);
      if (!object) throw new StorageError("object_missing", `There is no object ${quoted(from)}.`);
      if (source === target) return;
      const { [KEY_METADATA]: _, ...metadata } = object.Metadata ?? {};
      await request(access, (sending) =>
        client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: target,
            CopySource: encodeURIComponent(`${bucket}/${source}`),
            ...(object.ETag && { CopySourceIfMatch: object.ETag }),
            // The copy has another key, which an odd one keeps in its metadata.
            MetadataDirective: "REPLACE",
            Metadata: { ...metadata, ...keyMetadata(to) },
            ...headersOf(object),
          }),
          sending,
        ),
      );
    },

    async delete(key) {
      const name = objectName(key);
      await prepared();
      await request(access, (sending) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: name }), sending));
    },

    async discardUnfinished(keys) {
      const names = new Set(keys.map(objectName));
      await prepared();
      if (names.size > 0) await abortUploads(access, names);
    },

    async *list(prefix) {
      await prepared();
      yield* listObjects(access, prefix);
    },

    async check({ signal } = {}) {
      await orAbort(prepared(), signal);
      await checkWritable(access, signal);
    },

    async close() {
      client.destroy();
    },
  };
  return store;
}

/** What an object is served with, which a copy that replaces metadata would drop. */
function headersOf(object: HeadObjectCommandOutput) {
  const { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ExpiresString } = object;
  const expires = ExpiresString === undefined ? Number.NaN : Date.parse(ExpiresString);
  return {
    ContentType,
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ...(!Number.isNaN(expires) && { Expires: new Date(expires) }),
  };
}
