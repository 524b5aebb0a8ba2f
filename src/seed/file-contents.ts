import { createCipheriv } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { file_type } from "@/generated/prisma/enums";
import type { CheckedSeedOptions } from "./options";
import type { Source } from "./random";

export interface FileContent {
  /** Bytes. */
  readonly size: number;
  /** The same bytes at each call. */
  readonly chunks: () => Iterable<Buffer>;
}

/** Sizes that the first files have: nothing, one byte, and what needs more than one read or one part. */
const firstSizes = [0, 1, 100_000, 3 * 1024 * 1024] as const;

const chunkBytes = 64 * 1024;

export function fileContent(source: Source, options: CheckedSeedOptions, index: number, type: file_type): FileContent {
  const { fileBytes, files } = options;
  if (fileBytes !== undefined) {
    const size = Math.floor((fileBytes * (index + 1)) / files) - Math.floor((fileBytes * index) / files);
    return noise(source, index, size);
  }
  const size = firstSizes[index];
  return size === undefined ? ordinary(source, index, type) : noise(source, index, size);
}

/** Bytes that do not compress: the key stream of AES in counter mode. */
function noise(source: Source, index: number, size: number): FileContent {
  return {
    size,
    *chunks() {
      const key = Buffer.from(source.hex(`file-contents/${index}`, 32), "hex");
      const cipher = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
      for (let left = size; left > 0; left -= chunkBytes) {
        yield cipher.update(Buffer.alloc(Math.min(left, chunkBytes)));
      }
    },
  };
}

function ordinary(source: Source, index: number, type: file_type): FileContent {
  const content = type === "artifact" ? null : ordinaryText[type](source, index);
  if (content === null) return noise(source, index, 200 + source.random("file-contents", index).integer(20_000));
  return { size: content.length, chunks: () => (content.length === 0 ? [] : [content]) };
}

const ordinaryText: Readonly<Record<Exclude<file_type, "artifact">, (source: Source, index: number) => Buffer>> = {
  screenshot,
  raw_output: (source, index) =>
    lines(source, index, (line, number) => `{"line":${line},"host":"198.18.0.${number % 256}","open":[${number}]}`),
  report: (source, index) =>
    text(
      `<!doctype html><meta charset="utf-8"><title>Report ${index}</title><ul>`,
      lines(source, index, (line) => `<li>Finding ${line}`),
    ),
  evidence: (source, index) =>
    text(
      `GET /${index} HTTP/1.1\r\nHost: www.example\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`,
      lines(source, index, (line) => `body ${line} …`),
    ),
  other: (source, index) => lines(source, index, (line, number) => `note ${line}: ${number} días, 日本語\ttab`),
};

function lines(source: Source, index: number, write: (line: number, number: number) => string): Buffer {
  const random = source.random("file-contents", index);
  const count = 3 + random.integer(200);
  return Buffer.from(Array.from({ length: count }, (_, line) => `${write(line, random.integer(65_536))}\n`).join(""));
}

function text(head: string, rest: Buffer): Buffer {
  return Buffer.concat([Buffer.from(head), rest]);
}

/** A small picture that viewers open: PNG (RFC 2083), true colour, eight bits a channel. */
function screenshot(source: Source, index: number): Buffer {
  const random = source.random("file-contents", index);
  const [width, height, red, blue] = [48, 30, random.integer(256), random.integer(256)];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const pixels = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, () => [red, y * 8, blue]).flat(),
  ]);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    pngChunk("IHDR", header),
    // Stored, not compressed: the bytes must not depend on the version of zlib.
    pngChunk("IDAT", deflateSync(Buffer.from(pixels.flat()), { level: 0 })),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}
