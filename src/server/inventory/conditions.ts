/** A part of a WHERE clause; every `?` in it is its value. */
export interface Condition {
  sql: string;
  value: unknown;
}

/** Nothing where there is nothing to compare with. */
export function equals(column: string, value: string | undefined): Condition[] {
  return value === undefined ? [] : [{ sql: `${column} = ?`, value }];
}

/** The text anywhere in one of the columns, whatever its case; nothing where the text is empty. */
export function contains(columns: readonly string[], text: string): Condition[] {
  if (text === "") return [];
  const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return [{ sql: `(${columns.map((column) => `${column} ILIKE ?`).join(" OR ")})`, value: pattern }];
}

/** @returns the clause, WHERE included, with numbered parameters, and their values */
export function whereAll(conditions: readonly Condition[]): { sql: string; values: unknown[] } {
  if (conditions.length === 0) return { sql: "", values: [] };
  const parts = conditions.map(({ sql }, index) => sql.replaceAll("?", `$${index + 1}`));
  return { sql: `WHERE ${parts.join(" AND ")}`, values: conditions.map(({ value }) => value) };
}
