import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import { checksumsText } from "./checksums";
import { checksumsName, dataEntryName, manifestName, objectEntryName } from "./entry-names";
import { BundleError, quoteName } from "./errors";
import { defaultLimits } from "./limits";
import {
  formatName,
  formatVersion,
  manifestText,
  type BundleWarning,
  type ExportOptions,
  type FileReference,
  type JsonValue,
  type Manifest,
} from "./manifest";
import { TablePacker, type PackedTable } from "./table-packer";
import { WrittenContents } from "./written-contents";
import type { BundleSink } from "./zip/output";
import { ZipWriter, type WrittenEntry } from "./zip/writer";

/** Objects up to this size are held whole, so that their local header can say how long they are. */
const wholeObjectSize = 1024 * 1024;
const textChunkSize = 64 * 1024;

export interface ObjectFile {
  /** Lower-case uuid of the files row. */
  id: string;
  key: string;
  /** Bytes the object must have. */
  size: number;
  /** Lower-case hex the object must have. */
  sha256: string;
}

/** An object that is held whole, and was hashed by who read it. */
export interface HashedContent {
  content: Buffer;
  /** Made of these very bytes; SHA-256 in lower-case hex. */
  sha256: string;
  crc32: number;
}

export interface ManifestParts {
  application_version: string;
  options: ExportOptions;
  warnings: BundleWarning[];
  /** Null where settings were not selected. */
  settings: Record<string, JsonValue> | null;
}

/**
 * Writes one bundle: tables, then objects, then `finish`, one call at a time. After any
 * method threw, the bundle is unusable and every further call throws: destroy the sink. Only
 * an object that is handed over whole may differ without harm.
 */
export interface BundleWriter {
  /**
   * Writes data/<table>.json of rows.
   *
   * @param rows chunks that each hold whole rows, every row's JSON with ",\n" before it, also the first one's
   * @throws BundleError `row_too_large`, `nesting_too_deep`, `row_invalid`, `too_many_entries`
   */
  writeTable(table: string, rows: AsyncIterable<Buffer>): Promise<PackedTable>;
  /**
   * Writes data/<table>.json of what a TablePacker made of its rows, perhaps elsewhere.
   *
   * @param packed what the packer gave
   * @param describe what it said of the table; asked for when all of it was given
   * @throws BundleError `too_many_entries`
   */
  writePackedTable(table: string, packed: AsyncIterable<Buffer>, describe: () => PackedTable): Promise<PackedTable>;
  /**
   * Writes files/<id>/<object-name>.
   *
   * @param doneWith is called with content that was handed over whole once it will not be looked at again; not where the sink has it
   * @throws BundleError `object_differs` where size or hash turn out otherwise, `too_many_entries`
   */
  writeObject(file: ObjectFile, body: AsyncIterable<Buffer> | Buffer | HashedContent, doneWith?: (content: Buffer) => void): Promise<void>;
  /**
   * Writes manifest.json, checksums.json and the central directory.
   *
   * @returns SHA-256 (lower-case hex) and bytes of the whole bundle
   * @throws BundleError `manifest_too_large`
   */
  finish(parts: ManifestParts): Promise<{ sha256: string; size: number }>;
  /** Bytes of the bundle so far. */
  readonly bytesWritten: number;
}

export interface BundleWriterOptions {
  sink: BundleSink;
  /** Stands in the manifest and as time of every entry. The same input gives the same bytes. */
  createdAt: Date;
  /** Once aborted, the next write throws its reason. */
  signal?: AbortSignal | undefined;
}

export function createBundleWriter(options: BundleWriterOptions): BundleWriter {
  return new StreamingBundleWriter(options);
}

class StreamingBundleWriter implements BundleWriter {
  private readonly zip: ZipWriter;
  private readonly createdAt: Date;
  private readonly contents = new WrittenContents();
  private state: "open" | "busy" | "failed" | "finished" = "open";

  constructor({ sink, createdAt, signal }: BundleWriterOptions) {
    this.zip = new ZipWriter(sink, createdAt, signal);
    this.createdAt = createdAt;
  }

  get bytesWritten(): number {
    return this.zip.bytesWritten;
  }

  async writeTable(table: string, rows: AsyncIterable<Buffer>): Promise<PackedTable> {
    const packer = new TablePacker(table);
    return this.writePackedTable(table, packed(rows, packer), () => packer.table);
  }

  writePackedTable(table: string, packed: AsyncIterable<Buffer>, describe: () => PackedTable): Promise<PackedTable> {
    return this.exclusively(async () => {
      const entry = dataEntryName(table);
      this.claim(entry, this.contents.tables.has(table));
      if (this.contents.hasObjects) throw new Error("Tables come before objects.");
      const written = await this.zip.addDeflated(entry, packed, describe);
      this.contents.tables.set(table, { rows: written.rows, sha256: written.sha256 });
      return written;
    });
  }

  async writeObject(
    file: ObjectFile,
    body: AsyncIterable<Buffer> | Buffer | HashedContent,
    doneWith: (content: Buffer) => void = () => undefined,
  ): Promise<void> {
    const given = Buffer.isBuffer(body) ? hashed(body) : body;
    // Before anything is written of it.
    if ("sha256" in given) checkContent(file, given);
    await this.exclusively(async () => {
      const { id, key, size } = file;
      const entry = objectEntryName(id, key);
      this.claim(entry, this.contents.hasObject(id));
      if (size <= wholeObjectSize) {
        const { content, crc32: checksum } = "sha256" in given ? given : await gather(given, file);
        const isTaken = await this.zip.addBuffer(entry, content, checksum);
        if (!isTaken) doneWith(content);
      } else {
        const chunks = "sha256" in given ? inPieces(given.content) : given;
        checkObject(file, await this.zip.addStream(entry, upTo(chunks, file), "by content"));
      }
      this.contents.addObject(file);
    });
  }

  finish(parts: ManifestParts): Promise<{ sha256: string; size: number }> {
    return this.exclusively(async () => {
      const { contents } = this;
      const manifest: Manifest = {
        format: formatName,
        format_version: formatVersion,
        created_at: this.createdAt.toISOString(),
        application_version: parts.application_version,
        options: parts.options,
        tables: Object.fromEntries([...contents.tables].map(([table, { rows }]) => [table, rows])),
        warnings: parts.warnings,
        settings: parts.settings,
      };
      const { sha256 } = await this.writeText(manifestName, manifestText(manifest, this.references()));
      await this.writeText(checksumsName, checksumsText(contents.checksums(sha256)));
      const bundle = await this.zip.finish(contents.names());
      this.state = "finished";
      return bundle;
    });
  }

  private *references(): Generator<FileReference> {
    for (const { number, id, key, entry, sha256 } of this.contents.writtenObjects()) {
      yield { id, key, entry, size: this.zip.sizeOf(this.contents.tables.size + number), sha256 };
    }
  }

  private async exclusively<Result>(write: () => Promise<Result>): Promise<Result> {
    if (this.state !== "open") throw new Error(`The bundle's writer is ${this.state}.`);
    this.state = "busy";
    try {
      const result = await write();
      if (this.state === "busy") this.state = "open";
      return result;
    } catch (error) {
      this.state = "failed";
      throw error;
    }
  }

  private claim(entry: string, isThere: boolean): void {
    if (isThere) throw new RangeError(`${entry} was written already`);
    // manifest.json and checksums.json are still to come.
    if (this.zip.entries + 2 >= defaultLimits.entries) {
      throw new BundleError("too_many_entries", `A bundle takes ${defaultLimits.entries} entries at most.`, { entry });
    }
  }

  private async writeText(entry: string, text: Iterable<string>): Promise<WrittenEntry> {
    const written = await this.zip.addStream(entry, inChunks(text), "deflate");
    if (written.size > defaultLimits.manifest) {
      throw new BundleError(
        "manifest_too_large",
        `${entry} has ${written.size} bytes; a bundle takes ${defaultLimits.manifest}.`,
        { entry },
      );
    }
    return written;
  }
}

async function* packed(rows: AsyncIterable<Buffer>, packer: TablePacker): AsyncGenerator<Buffer> {
  for await (const chunk of rows) yield* packer.push(chunk);
  yield* packer.end();
}

async function gather(chunks: AsyncIterable<Buffer>, file: ObjectFile): Promise<HashedContent> {
  const gathered: Buffer[] = [];
  for await (const chunk of upTo(chunks, file)) gathered.push(chunk);
  const [only] = gathered;
  const content = hashed(gathered.length === 1 && only !== undefined ? only : Buffer.concat(gathered));
  checkContent(file, content);
  return content;
}

/** Stops as soon as the object is longer than stated. */
async function* upTo(chunks: AsyncIterable<Buffer>, file: ObjectFile): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > file.size) throw objectDiffers(file, `it is longer than the ${file.size} bytes stated`);
    yield chunk;
  }
}

function hashed(content: Buffer): HashedContent {
  return { content, sha256: createHash("sha256").update(content).digest("hex"), crc32: crc32(content) };
}

function checkContent(file: ObjectFile, { content, sha256 }: HashedContent): void {
  checkObject(file, { size: content.length, sha256 });
}

function checkObject(file: ObjectFile, found: WrittenEntry): void {
  if (found.size !== file.size) throw objectDiffers(file, `it has ${found.size} bytes, not the ${file.size} stated`);
  if (found.sha256 !== file.sha256) throw objectDiffers(file, "its SHA-256 is not the one stated");
}

function objectDiffers(file: ObjectFile, how: string): BundleError {
  return new BundleError("object_differs", `The object ${quoteName(file.key)} of file ${file.id} differs: ${how}.`, {
    entry: objectEntryName(file.id, file.key),
  });
}

async function* inPieces(content: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += wholeObjectSize) {
    yield content.subarray(start, start + wholeObjectSize);
  }
}

async function* inChunks(pieces: Iterable<string>): AsyncGenerator<Buffer> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < textChunkSize) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text);
}
