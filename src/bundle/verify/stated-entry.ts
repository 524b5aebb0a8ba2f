import type { StatedContents } from "../contents";
import { checksumsName, classifyEntryName } from "../entry-names";
import { isDirectory, type Entry } from "../zip/entry";

/** An entry with what is said of it, against which its data are held. */
export interface StatedEntry extends Entry {
  /** Lower-case hex; null where nobody states it. */
  sha256: string | null;
  /** Rows of a data file; null of what is none. */
  rows: number | null;
}

export function stated(entry: Entry, { statements, manifest }: StatedContents): StatedEntry {
  const kind = classifyEntryName(entry.name);
  const hasChecksum = entry.name !== checksumsName && !isDirectory(entry);
  return {
    ...entry,
    sha256: hasChecksum ? statements.sha256Of(entry.number).toString("hex") : null,
    rows: kind?.kind === "data" ? countOf(manifest.tables, kind.table) : null,
  };
}

function countOf(tables: Readonly<Record<string, number>>, table: string): number {
  const count = tables[table];
  if (count === undefined) throw new Error(`Nobody has looked whether the manifest counts ${table}`);
  return count;
}
