import { parentPort } from "node:worker_threads";
import type { ReadAnswer, ReadRequest } from "./reader-thread";
import { openAccess, type S3Access } from "./s3-access";
import { downloadWhole } from "./s3-download";
import type { S3Place } from "./s3-reader";
import { SpareBuffers } from "./spare-buffers";

/** The thread of S3's reader: a request takes as long to put together, sign, send and read as the rest of an export takes for its object. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

const buffers = new SpareBuffers();
let access: S3Access | null = null;

port.on("message", (request: ReadRequest<S3Place>) => void answerTogether(request));

async function answerTogether({ place, objects, spare }: ReadRequest<S3Place>): Promise<void> {
  buffers.reuse(spare);
  const opened = (access ??= openAccess(place.options, place.limits));
  const read = await Promise.all(objects.map(async ({ id, key, size }) => ({ id, whole: await readOrNull(opened, key, size) })));
  const moved = read.flatMap(({ whole }) => (whole === null ? [] : [whole.content.buffer]));
  port?.postMessage(read satisfies ReadAnswer, moved);
}

/** What did not go well at once is tried, and named, where the export hears of it. */
async function readOrNull(from: S3Access, key: string, size: number) {
  try {
    return await downloadWhole(from, key, buffers.take(size));
  } catch {
    return null;
  }
}
