import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { throwIfAborted } from "./abort";
import { byteStream } from "./body";
import { StorageError } from "./errors";
import { quoted } from "./object-key";
import type { WholeObject } from "./object-store";
import { request } from "./s3-access";
import type { S3Access } from "./s3-access";
import { isMissingObject, isPreconditionFailed } from "./s3-errors";
import { objectName } from "./s3-names";
import { backOff } from "./s3-retry";
import { statedHash } from "./s3-stat";

/** See ObjectStore.get. A lost connection is taken up again where it broke off, if the object is still the same. */
export async function download(
  access: S3Access,
  key: string,
  signal: AbortSignal | undefined,
): Promise<{ size: number; body: Readable }> {
  const reading = new Reading(access, key, signal);
  const size = await reading.begin();
  return { size, body: byteStream(reading.chunks(), () => reading.close(), signal) };
}

/**
 * See ObjectReader.read. Hashed once, and not made a stream of.
 *
 * @param content as long as the object has to be; becomes the result's
 */
export async function downloadWhole<Content extends Buffer>(
  access: S3Access,
  key: string,
  content: Content,
  signal?: AbortSignal | undefined,
): Promise<(WholeObject & { content: Content }) | null> {
  const reading = new Reading(access, key, signal);
  const close = () => reading.close();
  signal?.addEventListener("abort", close);
  try {
    if ((await reading.begin()) !== content.length) return null;
    let filled = 0;
    for await (const chunk of reading.chunks()) filled += chunk.copy(content, filled);
    return { content, sha256: reading.sha256, crc32: crc32(content) };
  } finally {
    signal?.removeEventListener("abort", close);
    reading.close();
  }
}

class Reading {
  /** Of all bytes, once they have been read. */
  sha256 = "";
  #source: Readable = Readable.from([]);
  #size = 0;
  #etag: string | undefined;
  #stated: string | null = null;
  #closed = false;

  constructor(
    readonly access: S3Access,
    readonly key: string,
    readonly signal: AbortSignal | undefined,
  ) {}

  async begin(): Promise<number> {
    const first = await this.#fetch({});
    if (first === null) throw new StorageError("object_missing", `There is no object ${quoted(this.key)}.`);
    if (first.ContentLength === undefined) throw this.#fault("came without a length");
    this.#size = first.ContentLength;
    this.#etag = first.ETag;
    this.#stated = statedHash(first.Metadata);
    this.#take(first);
    return this.#size;
  }

  /** The bytes; at their end, they have the length and the hash that the object has. */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    const hash = createHash("sha256");
    let received = 0;
    let failures = 0;
    while (received < this.#size) {
      try {
        for await (const chunk of this.#source) {
          received += chunk.length;
          if (received > this.#size) throw this.#fault(`has more than the ${this.#size} bytes stated`);
          failures = 0;
          hash.update(chunk);
          yield chunk;
        }
      } catch (error) {
        if (error instanceof StorageError) throw error;
      }
      throwIfAborted(this.signal);
      if (received === this.#size || this.#closed) break;
      failures += 1;
      if (failures >= this.access.limits.attempts) {
        throw this.#fault(`broke off after ${received} of ${this.#size} bytes`);
      }
      await backOff(failures, this.access.limits);
      await this.#resume(received);
    }
    this.sha256 = hash.digest("hex");
    if (this.#stated !== null && received === this.#size && this.sha256 !== this.#stated) {
      throw this.#fault("does not have the SHA-256 that it was stored with");
    }
  }

  close(): void {
    this.#closed = true;
    this.#source.destroy();
  }

  async #resume(received: number): Promise<void> {
    const rest = await this.#fetch({ Range: `bytes=${received}-`, ...(this.#etag && { IfMatch: this.#etag }) });
    if (rest === null) throw this.#fault("changed while it was read");
    if (rest.ContentRange !== `bytes ${received}-${this.#size - 1}/${this.#size}`) {
      throw this.#fault("could not be taken up where the connection broke off");
    }
    this.#take(rest);
  }

  /** Null where there is no such object, or not the one asked for. */
  async #fetch(part: { Range?: string; IfMatch?: string }): Promise<GetObjectCommandOutput | null> {
    const target = { Bucket: this.access.bucket, Key: objectName(this.key) };
    return request(this.access, async (sending) => {
      try {
        return await this.access.client.send(new GetObjectCommand({ ...target, ...part }), sending);
      } catch (error) {
        if (isMissingObject(error) || isPreconditionFailed(error)) return null;
        throw error;
      }
    }, this.signal);
  }

  #take({ Body }: GetObjectCommandOutput): void {
    if (!(Body instanceof Readable)) throw this.#fault("came without a body");
    // Until somebody reads it, a connection that breaks would be an error without a listener.
    Body.on("error", () => undefined);
    this.#source = Body;
    if (this.#closed) Body.destroy();
  }

  #fault(what: string): StorageError {
    return new StorageError("storage_unavailable", `${this.access.description}: ${quoted(this.key)} ${what}.`);
  }
}
