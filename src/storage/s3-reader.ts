import { Worker } from "node:worker_threads";
import { orAbort } from "./abort";
import { assertObjectKey } from "./object-key";
import type { ObjectReader } from "./object-store";
import type { S3Access, S3Limits, S3ObjectStoreOptions } from "./s3-access";
import { downloadWhole } from "./s3-download";
import { openThreadReader } from "./thread-reader";

/** Made of s3-worker.ts by `npm run generate`, the SDK included. Next's build bundles it once more, into .next. */
const program = new URL("../generated/s3-worker.mjs", import.meta.url);

/** As many are read in the time that the thread takes to start, which loads the SDK. */
const worthThread = 200;

/** A turn of the event loop, and of the thread, for several: with one each, many small objects take a sixth longer. */
const together = 4;

export interface S3Place {
  options: S3ObjectStoreOptions;
  limits: S3Limits;
}

/** @param atOnce how many objects are asked for at the same time */
export function openS3Reader(access: S3Access, options: S3ObjectStoreOptions, prepared: () => Promise<void>, atOnce: number): ObjectReader {
  const plain: Pick<ObjectReader, "read"> = {
    async read(key, size, { signal } = {}) {
      assertObjectKey(key);
      await orAbort(prepared(), signal);
      return downloadWhole(access, key, Buffer.allocUnsafeSlow(size), signal);
    },
  };
  return openThreadReader<S3Place>(plain, {
    together,
    groupsAtOnce: Math.ceil(atOnce / together),
    paysForThread: ({ objects }) => objects > worthThread,
    startThread: () => new Worker(program, { execArgv: [] }),
    // Whatever may have to be repeated is not repeated there.
    place: { options, limits: { ...access.limits, attempts: 1 } },
  });
}
