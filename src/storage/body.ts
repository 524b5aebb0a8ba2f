import { createHash } from "node:crypto";
import { addAbortSignal, Readable } from "node:stream";
import { throwIfAborted } from "./abort";
import { StorageError } from "./errors";
import { quoted } from "./object-key";
import type { PutOptions } from "./object-store";

/**
 * The body's bytes as they come. Ends without an error only if they have the stated size
 * and hash; fails with `object_differs` as soon as it is known that they have not, and with
 * the body's own error unchanged.
 */
export async function* verifiedChunks(
  key: string,
  body: Readable | Buffer,
  { size, sha256, signal }: Pick<PutOptions, "size" | "sha256" | "signal">,
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash("sha256");
  let received = 0;
  for await (const chunk of chunksOf(body, signal)) {
    received += chunk.length;
    if (received > size) {
      throw new StorageError("object_differs", `The bytes for ${quoted(key)} are more than the ${size} stated.`);
    }
    hash.update(chunk);
    yield chunk;
  }
  throwIfAborted(signal);
  if (received < size) {
    throw new StorageError("object_differs", `The bytes for ${quoted(key)} are ${received}, not the ${size} stated.`);
  }
  if (hash.digest("hex") !== sha256) {
    throw new StorageError("object_differs", `The bytes for ${quoted(key)} do not have the SHA-256 stated.`);
  }
}

async function* chunksOf(body: Readable | Buffer, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  throwIfAborted(signal);
  if (Buffer.isBuffer(body)) {
    if (body.length > 0) yield body;
    return;
  }
  if (signal) addAbortSignal(signal, body);
  for await (const chunk of body) {
    if (typeof chunk === "string") yield Buffer.from(chunk);
    else if (Buffer.isBuffer(chunk)) yield chunk;
    else if (chunk instanceof Uint8Array) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    else throw new TypeError("A body must be a stream of bytes.");
  }
}

/** The same bytes as one buffer, and not as a copy where they are one already. */
export async function gather(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : Buffer.concat(all);
}

/** The same bytes in blocks of exactly this many, the last one as long as what is left. */
export async function* blocks(
  chunks: AsyncIterable<Buffer>,
  blockSize: number,
): AsyncGenerator<Buffer, void, undefined> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (let chunk of chunks) {
    while (length + chunk.length >= blockSize) {
      const missing = blockSize - length;
      yield Buffer.concat([...pending, chunk.subarray(0, missing)], blockSize);
      chunk = chunk.subarray(missing);
      pending = [];
      length = 0;
    }
    if (chunk.length > 0) {
      pending.push(chunk);
      length += chunk.length;
    }
  }
  if (length > 0) yield Buffer.concat(pending, length);
}

/** Takes charge of a body: whatever comes of the work, the stream is closed after it and its errors have a listener. */
export async function consuming(body: Readable | Buffer, work: () => Promise<void>): Promise<void> {
  if (Buffer.isBuffer(body)) return work();
  const ignore = () => undefined;
  body.on("error", ignore);
  try {
    await work();
  } finally {
    body.destroy();
  }
}

/** A byte stream of what the generator yields, which closes the source when the reader leaves or the signal aborts. */
export function byteStream(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  closeSource: () => void,
  signal: AbortSignal | undefined,
): Readable {
  // Byte mode: Readable.from would otherwise count chunks. 64 KiB is what files and sockets deliver at once.
  const stream = Readable.from(chunks, { objectMode: false, highWaterMark: 65_536 });
  stream.once("close", closeSource);
  return signal ? addAbortSignal(signal, stream) : stream;
}
