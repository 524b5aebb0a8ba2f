import type { ConflictMode } from "../conflict";
import type { EncodedBatch } from "../rows/encode-batch";
import { unknownNamed } from "../rows/encode-row";
import { identifier } from "../rows/sql";
import type { TableDefinition } from "../tables";

/** What was found out about which rows are here: numbers of rows. */
export interface Identity {
  /** Not simply new. */
  known: number;
  /** Of the known ones: the row here that has their id. */
  themselves: number;
  /** Left alone. */
  conflicts: number;
  /** Here under another id. */
  remapped: number;
  /** Not under their own id here for the rest of the bundle: under another, or not at all. */
  moved: number;
  /** Not at all. */
  unusable: number;
  /** One number for what each of the known ones is. */
  hash: string;
}

/** Rows that a mode would change: how many, and one number for which. */
export interface Updates {
  count: number;
  hash: string;
}

const allNew: Identity = { known: 0, themselves: 0, conflicts: 0, remapped: 0, moved: 0, unusable: 0, hash: "0" };

/** One table of a bundle while an import is planned, and the temporary tables that hold it. */
export class StagedTable {
  /** Rows in the bundle. */
  rows = 0;
  /** The columns that the bundle has, in the table's order. */
  columns: readonly string[] = [];
  /** Names of the bundle's members that are no columns here. */
  readonly unknownColumns = new Set<string>();
  /** Whether ids came in ascending order, so that none came twice. */
  idsAscend = true;
  private lastId = "";
  /** Whether the rows stand in the table itself already: see straight-tables.ts. */
  isWritten = false;
  /** Whether columns were left out that only new rows need: see stage-new-rows.ts. */
  isPartial = false;
  /** Of rows that are written: how many got none for the id that they have in a column. */
  readonly substitutedByNone = new Map<string, number>();
  /** Columns whose reference some row has lost: see references.ts. */
  readonly lossyColumns = new Set<string>();
  /** Columns whose reference leads, in some row, to a row that is left alone and is not here. */
  readonly cutColumns = new Set<string>();
  /** JSON columns that the export took secrets out of: see kept-secrets.ts. */
  readonly scrubbedColumns = new Set<string>();
  identity: Identity = allNew;
  readonly updatesByMode = new Map<ConflictMode, Updates>();

  constructor(readonly definition: TableDefinition) {}

  beginReading(): void {
    this.rows = 0;
    this.columns = Object.keys(this.definition.columns);
    this.idsAscend = true;
    this.lastId = "";
    this.substitutedByNone.clear();
  }

  /** Takes over what is known of the bundle's next rows. */
  note({ rows, columns, unknownColumns, ascent, substitutedByNone }: EncodedBatch): void {
    this.rows += rows;
    this.columns = columns ?? this.columns;
    for (const name of unknownColumns) if (this.unknownColumns.size < unknownNamed) this.unknownColumns.add(name);
    const hasIds = ascent?.to !== "";
    if (hasIds) this.idsAscend &&= ascent !== null && ascent.from > this.lastId;
    if (hasIds) this.lastId = ascent?.to ?? "";
    for (const [column, count] of substitutedByNone) this.substitutedByNone.set(column, (this.substitutedByNone.get(column) ?? 0) + count);
  }

  get name(): string {
    return this.definition.name;
  }

  /** Every row is the row here that has its id. `known` is not needed for that, and need not be there. */
  settleAsThemselves(): void {
    this.identity = { ...allNew, known: this.rows, themselves: this.rows };
  }

  get areThemselves(): boolean {
    return this.identity.themselves === this.rows;
  }

  /** Rows that the rest of the bundle finds under another id, or not at all. */
  get moved(): number {
    return this.identity.moved;
  }

  /** Of those, the ones not at all. */
  get unusable(): number {
    return this.identity.unusable;
  }

  /** The bundle's rows: as they are, with their row_index; or, where they are written, as they stand here. */
  get stage(): string {
    return this.isWritten ? identifier(this.name) : `"stage_${this.name}"`;
  }

  /**
   * The bundle's rows that are not simply new: row_index, id, target_id (the row here, null
   * where there is none to use), remapped, conflict (why it is left alone, or null).
   */
  get knownRows(): string {
    return `"known_${this.name}"`;
  }

  /** from_id → to_id of rows that references find elsewhere; to_id null: left alone and not here. */
  get movedRows(): string {
    return `"moved_${this.name}"`;
  }

  updates(mode: ConflictMode): Updates {
    return this.updatesByMode.get(mode) ?? { count: 0, hash: "0" };
  }

  /** row_index, target_id and a boolean for each mode that would change the row. */
  get changes(): string {
    return `"changes_${this.name}"`;
  }

  /** id and organization_id of references of a column that lead nowhere. */
  lost(column: string): string {
    return `"lost_${this.name}_${column}"`;
  }

  get hasOrganization(): boolean {
    return "organization_id" in this.definition.columns;
  }

  get isImported(): boolean {
    return this.definition.importRule !== "skip";
  }

  has(column: string): boolean {
    return this.columns.includes(column);
  }
}
