import type { PoolClient } from "pg";

import type { Bundle } from "@/bundle";
import type { ObjectStore } from "@/storage";

import { conflictRules, type ConflictMode } from "./conflict";
import { BackupError } from "./errors";
import { countObjects, refuseStrayObjects, stageObjects } from "./plan/bundle-objects";
import { findChanges } from "./plan/changes";
import { refuseDuplicates } from "./plan/duplicates";
import { areFamiliar } from "./plan/familiar-rows";
import { conflictReasons, identifyRows, settleIdentity } from "./plan/identity";
import { conflictWarnings, objectWarnings, peopleWarnings } from "./plan/import-warnings";
import { findTakenObjects, sumObjectWrites } from "./plan/object-writes";
import { defineKeptSecrets, noteScrubbedColumns } from "./plan/kept-secrets";
import { decisionHash, planDigest } from "./plan/plan-digest";
import { resolveReferences } from "./plan/references";
import { countRows } from "./plan/row-counts";
import { RowErrors } from "./plan/row-errors";
import { sampleRows } from "./plan/row-samples";
import { analyseStage, stageRows, type StageExtent } from "./plan/stage-rows";
import type { StagedTable } from "./plan/staged-table";
import { attemptStraight, concludeStraight, goesStraight, holdsNothing, writeStraight } from "./plan/straight-tables";
import type { BundleCounts, ObjectCounts, Plan, Progress, RowCounts, RowSample, Warning } from "./report";
import type { RowEncoding } from "./rows/row-encoding";
import { exportedTables, type TableDefinition } from "./tables";

export interface PlanContext {
  client: PoolClient;
  encoding: RowEncoding;
  objects: ObjectStore;
  importingUserId: string;
  /** Runs when the rows are staged, before anything is compared with what is here. */
  beforeComparing?: (() => Promise<void>) | undefined;
  /** Nothing will be written. */
  isPreview?: boolean | undefined;
  /** Takes a table's first rows of every kind, for people to look at. */
  onSamples?: ((samples: RowSample[]) => Promise<void>) | undefined;
  signal: AbortSignal;
  giveWay?: (() => Promise<void>) | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface ImportPlan {
  /** Every exported table, in dependency order; their temporary tables live as long as the transaction. */
  tables: ReadonlyMap<string, StagedTable>;
  counts: BundleCounts;
  objects: ObjectCounts;
  plans: ReadonlyMap<ConflictMode, Plan>;
  warnings: Warning[];
}

/**
 * Decides for every row and object of a bundle what each of the modes would do with it
 * here. Works in the client's transaction and in temporary tables alone: a preview rolls
 * back after it, an import goes on and does what these tables say.
 *
 * @throws InvalidRowsError, BackupError `importer_missing`, BundleError, StorageError
 */
export async function planImport(
  bundle: Bundle,
  modes: readonly ConflictMode[],
  context: PlanContext,
): Promise<ImportPlan> {
  await requireImporter(context);
  return new Planner(bundle, modes, context, await extentOf(modes, context)).run();
}

/** Values are compared where a mode updates, and written where rows are new: where neither is so, they stay in the bundle. */
async function extentOf(modes: readonly ConflictMode[], { client, isPreview }: PlanContext): Promise<StageExtent> {
  if (isPreview === true) return (await holdsNothing(client)) ? "identity and samples" : "everything";
  return modes.every((mode) => conflictRules[mode].updatedRoles.length === 0) ? "identity" : "everything";
}

/**
 * The same plan for an import into an installation that holds nothing, with most of its rows
 * written already, so that none is copied twice. Null where the installation holds something,
 * or anything about the bundle is in doubt.
 *
 * @throws what planImport throws
 */
export async function planAndWriteStraight(bundle: Bundle, mode: ConflictMode, context: PlanContext): Promise<ImportPlan | null> {
  const { client } = context;
  await requireImporter(context);
  if (!(await holdsNothing(client))) return null;
  await context.beforeComparing?.();
  // Somebody may have written until the lock was there.
  if (!(await holdsNothing(client))) return null;
  const planner = new Planner(bundle, [mode], { ...context, beforeComparing: undefined }, "straight");
  return attemptStraight(client, () => planner.run());
}

async function requireImporter({ client, importingUserId }: PlanContext): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM users WHERE id = $1", [importingUserId]);
  if (rowCount === 0) throw new BackupError("importer_missing", "The importing admin is no user here any more.");
}

class Planner {
  private readonly tables = new Map<string, StagedTable>();
  private readonly errors = new RowErrors();
  private readonly warnings: Warning[];

  constructor(
    private readonly bundle: Bundle,
    private readonly modes: readonly ConflictMode[],
    private readonly context: PlanContext,
    /** How much of the rows is staged; straight: what needs no plan goes straight into its table. */
    private readonly extent: StageExtent | "straight",
  ) {
    this.warnings = [...bundle.warnings];
  }

  async run(): Promise<ImportPlan> {
    for (const table of exportedTables) await this.stage(table);
    this.errors.throwIfAny();
    await defineKeptSecrets(this.context.client);
    await this.context.beforeComparing?.();
    for (const table of this.tables.values()) await this.compare(table);
    this.errors.throwIfAny();
    const { tables, warnings } = this;
    const objects = await countObjects(this.context.client, this.files);
    warnings.push(...objectWarnings(objects));
    const plans = new Map<ConflictMode, Plan>();
    for (const mode of this.modes) plans.set(mode, await this.planOf(mode));
    return { tables, counts: this.counts(), objects, plans, warnings };
  }

  private get files(): StagedTable {
    const files = this.tables.get("files");
    if (files === undefined) throw new Error("The registry has no table files");
    return files;
  }

  private async stage(table: TableDefinition): Promise<void> {
    const { client, encoding, importingUserId, giveWay, onProgress } = this.context;
    const { bundle, errors, tables, extent } = this;
    const source = { client, bundle, encoding, giveWay };
    const isStraight = extent === "straight";
    const onRows = (done: number) => onProgress?.({ phase: "reading", table: table.name, done, bytes: 0 });
    const { staged, warnings } =
      isStraight && goesStraight(table)
        ? await writeStraight(source, table, tables, importingUserId, errors, onRows)
        : await stageRows(source, table, isStraight ? "everything" : extent, errors, onRows);
    // Rows are written in full or not at all, and in their place a plan tells what is wrong with which.
    if (isStraight) errors.throwIfAny();
    noteScrubbedColumns(staged, this.bundle.manifest);
    this.tables.set(table.name, staged);
    this.warnings.push(...warnings);
  }

  private async compare(staged: StagedTable): Promise<void> {
    const { client, importingUserId, objects, onSamples, signal, onProgress } = this.context;
    const { tables, errors, warnings } = this;
    onProgress?.({ phase: "planning", table: staged.name, done: 0, bytes: 0 });
    warnings.push(...(await peopleWarnings(client, staged)));
    if (!staged.isImported) return;
    if (staged.isWritten) {
      warnings.push(...(await concludeStraight(client, staged, tables, this.modes)));
      return;
    }
    const isFamiliar = !errors.any && (await areFamiliar(client, staged, tables));
    if (!isFamiliar) {
      await analyseStage(client, staged);
      await refuseDuplicates(client, staged, errors);
      warnings.push(...(await resolveReferences(client, staged, tables, errors)));
    }
    if (staged === this.files) {
      await stageObjects(client, this.bundle.files.references(), objects, signal);
      await refuseStrayObjects(client, staged, errors);
    }
    // What follows relies on sound rows; errors of the tables to come are still worth telling.
    if (errors.any) return;
    // A file may be left alone for its object's sake.
    if (isFamiliar && staged !== this.files) {
      staged.settleAsThemselves();
    } else {
      await identifyRows(client, staged, tables, importingUserId);
      if (staged === this.files) await findTakenObjects(client, staged, tables, importingUserId);
      await settleIdentity(client, staged);
    }
    await findChanges(client, staged, this.modes, tables, importingUserId);
    warnings.push(...(await conflictWarnings(client, staged, conflictReasons)));
    if (onSamples !== undefined) await onSamples(await sampleRows(client, staged, this.modes, tables, importingUserId));
  }

  private async planOf(mode: ConflictMode): Promise<Plan> {
    const { client } = this.context;
    const tables: Record<string, RowCounts> = {};
    const decisions: string[] = [];
    for (const staged of this.tables.values()) {
      tables[staged.name] = countRows(staged, mode);
      if (staged.isImported) decisions.push(decisionHash(staged, mode));
    }
    const { hash, ...objects } = await sumObjectWrites(client, this.files, mode);
    const plan = { tables, objects };
    return { digest: planDigest(this.bundle.contentSha256, mode, [...decisions, hash], plan, this.warnings), ...plan };
  }

  private counts(): BundleCounts {
    const tables = Object.fromEntries([...this.tables].map(([name, staged]) => [name, staged.rows]));
    const rows = (name: string) => this.tables.get(name)?.rows ?? 0;
    return {
      organizations: rows("organizations"),
      assets: rows("assets"),
      vulnerabilities: rows("vulnerabilities"),
      files: rows("files"),
      tables,
    };
  }
}
