/** By these a person recognises a row; whoever has to scroll past ids to them sees only ids. */
const tellingColumns = ["name", "title", "original_name", "type", "value", "relation_type", "plugin", "change_type", "severity"];

/** The columns of rows, but for their own id, in the order in which they are shown. */
export function columnsOf(values: Readonly<Record<string, unknown>>): { telling: string[]; others: string[] } {
  const columns = Object.keys(values).filter((column) => column !== "id");
  const rest = columns.filter((column) => !tellingColumns.includes(column));
  const [ids, others] = [rest.filter((column) => column.endsWith("_id")), rest.filter((column) => !column.endsWith("_id"))];
  return { telling: tellingColumns.filter((column) => columns.includes(column)), others: [...others, ...ids] };
}
