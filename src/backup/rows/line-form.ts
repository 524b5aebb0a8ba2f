/** What rows of a bundle become as lines for COPY: data alone, so that a thread can be told it. */
export interface LineForm {
  /** By row index, 1: becomes a line; the others are counted and not looked at. Null: all do. */
  only: Uint8Array<ArrayBuffer> | null;
  /** Rows from this index on bring the columns that are named here, checked like any other, as nulls; see mayBeLeftOut. */
  leaveOut: { from: number; columns: ReadonlySet<string> } | null;
  /** Lines are led by the row's index. */
  indexed: boolean;
  /** By column: what takes the place of a row's own id. */
  substitutions: ReadonlyMap<string, Substitution>;
}

export type Substitution = { by: "one id"; id: string } | { by: "itself where known"; known: ReadonlySet<string> } | { by: "none" };

/** Rows as they are, for tables that hold a bundle's rows beside what is known of them. */
export const indexedLines: LineForm = { only: null, leaveOut: null, indexed: true, substitutions: new Map() };
