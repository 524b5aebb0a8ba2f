import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { CompletedPart } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { throwIfAborted } from "./abort";
import { blocks, gather, verifiedChunks } from "./body";
import { StorageError } from "./errors";
import { quoted } from "./object-key";
import type { PutOptions } from "./object-store";
import { request } from "./s3-access";
import type { S3Access } from "./s3-access";
import { asStorageError, attemptsOf, isNotImplemented, isPreconditionFailed } from "./s3-errors";
import { keyMetadata, objectName, SHA256_METADATA } from "./s3-names";
import { head } from "./s3-stat";

/**
 * Up to here an object is held in memory, checked, and sent as one repeatable request. Beyond,
 * it goes in parts of this size, one at a time: so a put never holds more than about this much.
 * 8 MiB is above S3's least part (5 MiB) and keeps the request per part a small share of the time.
 */
const PART_BYTES = 8 * 1024 * 1024;
/** S3's limit; beyond 80 GiB parts must grow. */
const MAXIMUM_PARTS = 10_000;

/** Tells the object of this very put from one of the same bytes that another put stored. */
const WRITE_METADATA = "write-id";

/** HTTP headers carry printable ASCII; a name in another script is no content type. */
const CONTENT_TYPE = /^[\x21-\x7e][\x20-\x7e]{0,254}$/;

export interface UploadOptions extends PutOptions {
  /** Whether the server is known not to replace an object where it is told so: then nobody has to look first. */
  refusesToReplace: boolean;
}

/** See ObjectStore.put. An abort counts until all bytes are there; then the object is stored. */
export async function upload(
  access: S3Access,
  key: string,
  body: Readable | Buffer,
  options: UploadOptions,
): Promise<void> {
  const writing = new Writing(access, key, options);
  throwIfAborted(options.signal);
  // Before a large one is sent for nothing, too.
  const looksFirst = options.when === "absent" && !(options.refusesToReplace && options.size <= PART_BYTES);
  if (looksFirst && (await writing.occupant(options.signal)) !== null) throw writing.alreadyThere();
  const chunks = verifiedChunks(key, body, options);
  if (options.size > PART_BYTES) {
    await writing.inParts(blocks(chunks, partBytes(options.size)));
    return;
  }
  await writing.whole(await gather(chunks));
}

function partBytes(size: number): number {
  return Math.max(PART_BYTES, Math.ceil(size / MAXIMUM_PARTS));
}

type Condition = { IfNoneMatch?: "*" };

class Writing {
  readonly #target: { Bucket: string; Key: string };
  readonly #writeId = randomUUID();
  readonly #description: { ContentType: string; Metadata: Record<string, string> };
  readonly #condition: Condition;

  constructor(
    readonly access: S3Access,
    readonly key: string,
    readonly options: PutOptions,
  ) {
    this.#target = { Bucket: access.bucket, Key: objectName(key) };
    this.#description = {
      ContentType: CONTENT_TYPE.test(options.contentType) ? options.contentType : "application/octet-stream",
      Metadata: { [SHA256_METADATA]: options.sha256, [WRITE_METADATA]: this.#writeId, ...keyMetadata(key) },
    };
    this.#condition = options.when === "absent" ? { IfNoneMatch: "*" } : {};
  }

  async whole(bytes: Buffer): Promise<void> {
    await this.#commit((condition) =>
      this.access.client.send(
        new PutObjectCommand({ ...this.#target, ...this.#description, ...condition, Body: bytes }),
      ),
    );
  }

  async inParts(parts: AsyncIterable<Buffer>): Promise<void> {
    const { client } = this.access;
    // Without the signal: an upload whose id nobody got to know could not be given up.
    const { UploadId } = await request(this.access, (sending) =>
      client.send(new CreateMultipartUploadCommand({ ...this.#target, ...this.#description }), sending),
    );
    const upload = { ...this.#target, UploadId };
    try {
      const sent: CompletedPart[] = [];
      for await (const Body of parts) {
        const PartNumber = sent.length + 1;
        const { ETag } = await request(this.access, (sending) =>
          client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), sending),
        this.options.signal);
        sent.push({ PartNumber, ETag });
      }
      // Some servers (Ceph up to at least version 16) overlook the condition of a completion.
      if (this.options.when === "absent" && (await this.occupant(this.options.signal)) !== null) {
        throw this.alreadyThere();
      }
      throwIfAborted(this.options.signal);
      await this.#commit((condition) =>
        client.send(
          new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload: { Parts: sent } }),
        ),
      );
    } catch (error) {
      // The put has failed already; parts that stay behind are no object and the error is what counts.
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }

  /** Which put stored what is there now: null where nothing is, "" where that wasn't one of ours. */
  async occupant(signal?: AbortSignal): Promise<string | null> {
    const object = await head(this.access, this.#target.Key, signal);
    return object && (object.Metadata?.[WRITE_METADATA] ?? "");
  }

  alreadyThere(): StorageError {
    return new StorageError("object_exists", `There is an object ${quoted(this.key)} already.`);
  }

  /**
   * Sends the request that makes the object appear. It takes no signal: aborted half-way, nobody
   * could tell whether the object is there. For the same reason, where it was sent more than
   * once its failure may only mean that the first answer was lost.
   */
  async #commit(send: (condition: Condition) => Promise<unknown>): Promise<void> {
    try {
      await send(this.#condition);
    } catch (error) {
      if (this.#condition.IfNoneMatch !== undefined && isNotImplemented(error)) {
        await this.#commitUnconditionally(send);
        return;
      }
      if (attemptsOf(error) !== 1) {
        const there = await this.occupant();
        if (there === this.#writeId) return;
        // A server that refuses before it has read the body may close the connection, which is all that is seen of the refusal.
        if (this.#condition.IfNoneMatch !== undefined && there !== null) throw this.alreadyThere();
      }
      if (isPreconditionFailed(error)) throw this.alreadyThere();
      throw asStorageError(this.access.description, error);
    }
  }

  /** For servers that know no conditional writes: what is there was looked at a moment before, which is the best they allow. */
  async #commitUnconditionally(send: (condition: Condition) => Promise<unknown>): Promise<void> {
    try {
      if ((await this.occupant()) !== null) throw this.alreadyThere();
      await send({});
    } catch (error) {
      if (attemptsOf(error) !== 1 && (await this.occupant()) === this.#writeId) return;
      throw asStorageError(this.access.description, error);
    }
  }
}
