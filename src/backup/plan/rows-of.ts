/** "1 row of assets", "2 rows of assets". */
export function rowsOf(count: number, table: string): string {
  return `${count} ${count === 1 ? "row" : "rows"} of ${table}`;
}
