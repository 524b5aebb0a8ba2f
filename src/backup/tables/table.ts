import type { Prisma } from "@/generated/prisma/client";

import type { Column } from "./column";

/**
 * Whether a field may be null. JSON columns never are in the database: what is null in
 * one is JSON's own null, which a JSON row could not tell from a missing value.
 */
type IsNullable<Value> = [Prisma.JsonValue] extends [Value] ? false : null extends Value ? true : false;

/** A column for every field of a Prisma model, null allowed exactly where the model allows it. */
export type ColumnsOf<Model> = {
  readonly [Field in keyof Model]-?: Column<IsNullable<Model[Field]>>;
};

/**
 * What happens with a table's rows.
 * - import: inserted, and updated as the conflict mode says.
 * - events: things that happened; only ever inserted.
 * - skip: read, checked and counted, never written.
 */
export type ImportRule = "import" | "events" | "skip";

export interface TableDefinition<Name extends string = string> {
  readonly name: Name;
  /** In the order in which a row in a bundle names them. */
  readonly columns: Readonly<Record<string, Column>>;
  /** Two rows that agree in these are the same thing, whatever their ids. Empty: only the id tells. */
  readonly naturalKey: readonly string[];
  /**
   * By which columns a bundle's rows are sorted, the id last: what an import looks up for a row or puts beside it in an
   * index lies where it has just been (docs/decisions/0031).
   */
  readonly rowOrder: readonly string[];
  readonly importRule: ImportRule;
  /** In the bundle only with this export option; null: always. */
  readonly onlyWith: "include_scan_history" | null;
}

/** Model is Prisma's type of a row, so that a column nobody has classified does not compile. */
export function defineTable<Model>() {
  return <const Name extends string>(definition: {
    name: Name;
    columns: ColumnsOf<Model>;
    naturalKey: readonly (keyof Model & string)[];
    rowOrder: readonly [...(keyof Model & string)[], "id"];
    importRule?: ImportRule;
    onlyWith?: TableDefinition["onlyWith"];
  }): TableDefinition<Name> => ({
    name: definition.name,
    columns: definition.columns,
    naturalKey: definition.naturalKey,
    rowOrder: definition.rowOrder,
    importRule: definition.importRule ?? "import",
    onlyWith: definition.onlyWith ?? null,
  });
}
