import { createBundleWriter, type BundleSink, type ManifestParts } from "@/bundle";
import { sha256 } from "./sample-bundle";

export interface BundleInput {
  /** Rows as JSON, by table. */
  tables: Record<string, string[]>;
  objects?: { id: string; key: string; content: Buffer }[];
  parts?: Partial<ManifestParts>;
  /** Rows handed over at a time. */
  rowsInChunk?: number;
  /** Objects are handed over in chunks of so many bytes; unset: as one buffer. */
  objectChunk?: number;
}

export const createdAt = new Date("2026-01-02T03:04:05.678Z");
export const manifestParts: ManifestParts = {
  application_version: "1.0.0",
  options: { include_files: true, include_users: false, include_scan_history: true, include_settings: true },
  warnings: [],
  settings: null,
};

export class MemorySink implements BundleSink {
  readonly chunks: Buffer[] = [];

  write(chunk: Buffer): Promise<void> {
    this.chunks.push(chunk);
    return Promise.resolve();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

export async function* rowsOf(rows: string[], rowsInChunk = 100): AsyncGenerator<Buffer> {
  for (let start = 0; start < rows.length; start += rowsInChunk) {
    yield Buffer.from(rows.slice(start, start + rowsInChunk).map((row) => `,\n${row}`).join(""));
  }
}

export async function* inChunksOf(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += size) yield content.subarray(start, start + size);
}

/** Writes a bundle whole, to memory unless told otherwise. */
export async function writeBundle(input: BundleInput, sink: BundleSink = new MemorySink(), signal?: AbortSignal) {
  const writer = createBundleWriter({ sink, createdAt, signal });
  for (const [table, rows] of Object.entries(input.tables)) await writer.writeTable(table, rowsOf(rows, input.rowsInChunk));
  for (const { id, key, content } of input.objects ?? []) {
    const body = input.objectChunk === undefined ? content : inChunksOf(content, input.objectChunk);
    await writer.writeObject({ id, key, size: content.length, sha256: sha256(content) }, body);
  }
  return writer.finish({ ...manifestParts, ...input.parts });
}

export async function bundleBytes(input: BundleInput): Promise<Buffer> {
  const sink = new MemorySink();
  await writeBundle(input, sink);
  return sink.bytes;
}

/** Bytes that look like noise, the same every time. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let position = 0; position < length; position++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[position] = state >>> 23;
  }
  return bytes;
}

export function uuidOf(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
}
