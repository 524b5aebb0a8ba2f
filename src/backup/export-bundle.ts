import type { Pool, PoolClient } from "pg";

import { createBundleWriter, type BundleSink, type BundleWriter, type ExportOptions, type PackedTable } from "@/bundle";
import type { ObjectStore } from "@/storage";

import { exportObjects } from "./objects/export-objects";
import { storedFiles } from "./objects/stored-files";
import { unfitKeyWarnings } from "./objects/unfit-keys";
import type { Progress, Warning } from "./report";
import { withRowExport, type RowExport } from "./rows/row-export";
import { inTransaction } from "./rows/transaction";
import { removedWarnings } from "./secrets";
import { readableSettings } from "./secrets/settings";
import { exportedTables } from "./tables";

export interface ExportContext {
  pool: Pool;
  objects: ObjectStore;
  sink: BundleSink;
  applicationVersion: string;
  /** What the request itself gave reason to say. */
  warnings?: readonly Warning[];
  signal: AbortSignal;
  /** Waits before more rows or objects are taken while others need the machine more. */
  giveWay?: (() => Promise<void>) | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface ExportOutcome {
  /** Of the whole bundle, lower-case hex. */
  sha256: string;
  /** Bytes of the bundle. */
  size: number;
  /** Rows of each table. */
  counts: Record<string, number>;
  objects: number;
  /** Bytes of all objects. */
  object_bytes: number;
  warnings: Warning[];
}

/**
 * Streams one bundle into the sink: every table as one snapshot of the database has it,
 * then the objects that its files name, then manifest and checksums. Nothing is held
 * whole. After a failure the sink has no end record, and every reader refuses what it has.
 *
 * @throws BackupError `database_unavailable`, StorageError, BundleError `row_too_large`,
 * `object_differs` (an object changed while it was read), the signal's reason
 */
export function exportBundle(options: ExportOptions, context: ExportContext): Promise<ExportOutcome> {
  const { pool, signal } = context;
  return inTransaction(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", signal, ({ client }) =>
    withRowExport(client, (rows) => new BundleExport(client, rows, options, context).run()),
  );
}

/** What turns out about a table while it is read. */
interface FoundTable {
  /** By column, how many values were secrets. */
  removed: Map<string, number>;
  whole: PackedTable | null;
}

function wholeOf({ whole }: FoundTable): PackedTable {
  if (whole === null) throw new Error("The table has not ended");
  return whole;
}

class BundleExport {
  private readonly writer: BundleWriter;
  private readonly counts: Record<string, number> = {};
  private readonly warnings: Warning[];

  constructor(
    private readonly client: PoolClient,
    private readonly rows: RowExport,
    private readonly options: ExportOptions,
    private readonly context: ExportContext,
  ) {
    this.writer = createBundleWriter({ sink: context.sink, createdAt: new Date(), signal: context.signal });
    this.warnings = [...(context.warnings ?? [])];
  }

  async run(): Promise<ExportOutcome> {
    for (const table of exportedTables) {
      if (table.onlyWith === null || this.options[table.onlyWith]) await this.exportTable(table.name);
    }
    this.warnings.push(...(await unfitKeyWarnings(this.client)));
    if (this.options.include_users) await this.exportUsers();
    // Objects may take many times as long.
    await this.rows.end();
    const objects = this.options.include_files ? await this.exportObjects() : { count: 0, bytes: 0 };
    const settings = this.options.include_settings ? await this.exportSettings() : null;
    this.report("finishing", null, 0);
    const { sha256, size } = await this.writer.finish({
      application_version: this.context.applicationVersion,
      options: this.options,
      warnings: this.warnings,
      settings,
    });
    const { counts, warnings } = this;
    return { sha256, size, counts, objects: objects.count, object_bytes: objects.bytes, warnings };
  }

  private async exportUsers(): Promise<void> {
    await this.exportTable("users");
    const message = "Users are in the bundle for mapping them by hand. They are never imported.";
    this.warnings.push({ code: "users_not_imported", message, table: "users" });
  }

  private async exportTable(table: string): Promise<void> {
    this.report("tables", table, 0);
    const found: FoundTable = { removed: new Map(), whole: null };
    const { rows } = await this.writer.writePackedTable(table, this.packedTable(table, found), () => wholeOf(found));
    this.counts[table] = rows;
    this.warnings.push(...removedWarnings(table, found.removed));
  }

  private async *packedTable(table: string, found: FoundTable): AsyncGenerator<Buffer> {
    let done = 0;
    for await (const { rows, packed, removed, table: whole } of this.givingWay(this.rows.read(table))) {
      for (const [column, count] of removed) found.removed.set(column, (found.removed.get(column) ?? 0) + count);
      found.whole = whole;
      yield* packed;
      done += rows;
      this.report("tables", table, done);
    }
  }

  private async exportObjects(): Promise<{ count: number; bytes: number }> {
    let written = 0;
    const onObject = () => this.report("objects", null, ++written);
    const { objects, signal } = this.context;
    const { count, bytes, warnings } = await exportObjects(this.givingWay(storedFiles(this.client)), this.writer, objects, signal, onObject);
    this.warnings.push(...warnings);
    if (count > 0) {
      const message = "Contents of stored files are carried as they are; secrets inside them are not looked for.";
      this.warnings.push({ code: "files_not_scrubbed", message, table: "files", count });
    }
    return { count, bytes };
  }

  private async *givingWay<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
    for await (const item of items) {
      await this.context.giveWay?.();
      yield item;
    }
  }

  private async exportSettings() {
    const { settings, warnings } = await readableSettings(this.client);
    this.warnings.push(...warnings);
    return settings;
  }

  private report(phase: Progress["phase"], table: string | null, done: number): void {
    this.context.onProgress?.({ phase, table, done, bytes: this.writer.bytesWritten });
  }
}
