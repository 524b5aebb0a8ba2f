import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { dataEntryName } from "./entry-names";
import { BundleError } from "./errors";
import { RowSplitter } from "./json/split-rows";
import { resolveLimits, type BundleLimits } from "./limits";
import type { BundleWarning, FileReference, Manifest } from "./manifest";
import { matchContents, readContents, readFileReferences, type BundleContents } from "./contents";
import type { Statements } from "./statements";
import { verifyContents } from "./verify/verify-contents";
import { readContent } from "./zip/content";
import type { Entry } from "./zip/entry";
import { FileWindow } from "./zip/file-window";

/** A bundle that was verified whole. Any number of reads may go on at once. */
export interface Bundle {
  readonly manifest: Manifest;
  /** What the reader noticed and took nevertheless. The manifest has warnings of its own. */
  readonly warnings: readonly BundleWarning[];
  /** SHA-256 over every entry's name and SHA-256: equal for two bundles of equal content. */
  readonly contentSha256: string;
  /** The objects that it holds, in the order of its manifest. */
  readonly files: { readonly count: number; references(): AsyncIterable<FileReference> };
  hasTable(table: string): boolean;
  /** Bytes of the table's data file; 0 where the bundle lacks it. */
  tableBytes(table: string): number;
  /**
   * Batches of rows, in the order of the data file. Each buffer holds one row's JSON as it
   * stands, `{` to `}`, its grammar not checked; the caller's until the next batch is asked for.
   */
  rows(table: string): AsyncIterable<Buffer[]>;
  /**
   * An object's bytes in buffers that stay valid. That they are still what was verified is known
   * by their CRC-32 after the last one, when `crc_differs` may be thrown; whoever stores them
   * holds them against their SHA-256 in any case. Null where the bundle lacks the object.
   */
  readObject(fileId: string): AsyncIterable<Buffer> | null;
  close(): Promise<void>;
}

export interface OpenBundleOptions {
  limits?: Partial<BundleLimits> | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes of the archive verified so far, table by table or eight megabytes at a time, and in all. */
  onProgress?: ((done: { bytes: number; total: number }) => void) | undefined;
  /** Data files of other tables are a warning. Unset: every table is known. */
  knownTables?: readonly string[] | undefined;
}

/**
 * Opens a bundle of which only one reading is possible: structure, names, manifest, every
 * size, CRC-32 and SHA-256 are verified before it resolves, at constant memory but for what
 * the manifest says in words and some 190 bytes an entry, of which 120 stay until it is closed.
 *
 * @throws BundleError; the signal's reason; errors of the file system
 */
export async function openBundle(path: string, options: OpenBundleOptions = {}): Promise<Bundle> {
  const limits = resolveLimits(options.limits);
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > limits.upload) {
      throw new BundleError("upload_too_large", `The bundle has ${size} bytes; ${limits.upload} are taken.`);
    }
    const { statements, contentBytes, ...contents } = await readContents(file, size, limits, options.signal);
    const stated = { statements, contentBytes, ...contents };
    await matchContents(stated);
    let verifiedBytes = 0;
    const onVerified = (bytes: number) => options.onProgress?.({ bytes: (verifiedBytes += bytes), total: size });
    const longestRows = await verifyContents(file, stated, limits, { signal: options.signal, onVerified });
    const verified = { longestRows, fileCount: statements.references, contentSha256: await hashOf(statements) };
    options.signal?.throwIfAborted();
    return new VerifiedBundle(file, contents, verified, limits, options);
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Verified {
  contentSha256: string;
  fileCount: number;
  /** By the data file's name, bytes. */
  longestRows: ReadonlyMap<string, number>;
}

class VerifiedBundle implements Bundle {
  readonly manifest: Manifest;
  readonly warnings: readonly BundleWarning[];

  constructor(
    private readonly file: FileHandle,
    /** Null once the bundle is closed. */
    private held: BundleContents | null,
    private readonly verified: Verified,
    private readonly limits: BundleLimits,
    private readonly options: OpenBundleOptions,
  ) {
    this.manifest = this.contents.manifest;
    this.warnings = unknownTableWarnings(this.contents, options.knownTables);
  }

  private get contents(): BundleContents {
    if (this.held === null) throw new Error("The bundle is closed");
    return this.held;
  }

  get contentSha256(): string {
    return this.verified.contentSha256;
  }

  get files() {
    const { file, contents, limits, options } = this;
    return { count: this.verified.fileCount, references: () => readFileReferences(file, contents, limits, options.signal) };
  }

  hasTable(table: string): boolean {
    return this.contents.tables.has(table);
  }

  tableBytes(table: string): number {
    return this.entryOf(table)?.size ?? 0;
  }

  async *rows(table: string): AsyncGenerator<Buffer[]> {
    const entry = this.entryOf(table);
    if (entry === undefined) throw new RangeError(`The bundle has no table ${table}.`);
    const splitter = new RowSplitter(entry.name, this.limits, this.verified.longestRows.get(entry.name) ?? 0);
    for await (const chunk of readContent(this.windowOf(entry, true), entry)) {
      const rows = splitter.push(chunk);
      if (rows.length > 0) yield rows;
    }
    splitter.end();
  }

  readObject(fileId: string): AsyncIterable<Buffer> | null {
    const number = this.contents.objects.find(fileId);
    if (number === undefined) return null;
    const entry = this.contents.entries.at(number);
    return readContent(this.windowOf(entry, false), entry);
  }

  async close(): Promise<void> {
    await this.file.close();
    this.held = null;
  }

  private entryOf(table: string): Entry | undefined {
    const number = this.contents.tables.get(table);
    return number === undefined ? undefined : this.contents.entries.at(number);
  }

  private windowOf(entry: { offset: number; end: number }, reuse: boolean): FileWindow {
    return new FileWindow(this.file, entry.offset, entry.end, { reuse, signal: this.options.signal });
  }
}

/** Whatever the order of the entries. One at a time: together they would be a text of many megabytes. */
async function hashOf(statements: Statements): Promise<string> {
  const hash = createHash("sha256");
  for await (const checksum of statements.checksums()) hash.update(JSON.stringify(checksum));
  return hash.digest("hex");
}

/** More of them say no more to anybody, and a crafted bundle may have tens of thousands: they would stay in the record of its run. */
const unknownTablesNamed = 100;

function unknownTableWarnings(contents: BundleContents, known: readonly string[] | undefined): BundleWarning[] {
  if (known === undefined) return [];
  const code = "unknown_table";
  const unknown = [...contents.tables.keys()].filter((table) => !known.includes(table));
  const warnings: BundleWarning[] = unknown.slice(0, unknownTablesNamed).map((table) => ({
    code,
    message: `${dataEntryName(table)} holds a table that this release does not know; it is ignored.`,
    table,
    count: contents.manifest.tables[table] ?? 0,
  }));
  const more = unknown.length - warnings.length;
  if (more > 0) warnings.push({ code, message: `${more} more tables that this release does not know are ignored.`, count: more });
  return warnings;
}
