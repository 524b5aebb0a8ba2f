import { identifier } from "../rows/sql";
import type { TableDefinition } from "../tables";

/** One table of a bundle while an import is planned, and the temporary tables that hold it. */
export class StagedTable {
  /** Rows in the bundle. */
  rows = 0;
  /** The columns that the bundle has, in the table's order. */
  columns: readonly string[] = [];
  /** Whether ids came in ascending order, so that none came twice. */
  idsAscend = true;
  /** Whether the rows stand in the table itself already: see straight-tables.ts. */
  isWritten = false;
  /** Whether columns were left out that only new rows need: see stage-new-rows.ts. */
  isPartial = false;
  /** Of rows that are written: how many got none for the id that they have in a column. */
  readonly substituted = new Map<string, number>();
  /** Columns whose reference some row has lost: see references.ts. */
  readonly lossyColumns = new Set<string>();
  /** Columns whose reference leads, in some row, to a row that is left alone and is not here. */
  readonly cutColumns = new Set<string>();
  /** JSON columns that the export took secrets out of: see kept-secrets.ts. */
  readonly scrubbedColumns = new Set<string>();
  /** Rows that the rest of the bundle finds under another id, or not at all. */
  moved = 0;
  /** Of those, the ones not at all. */
  unusable = 0;
  /** Rows in `known`. */
  known = 0;

  constructor(readonly definition: TableDefinition) {}

  get name(): string {
    return this.definition.name;
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
