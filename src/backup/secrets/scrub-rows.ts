import { BundleError, RowScanner, RowSyntaxError, defaultLimits } from "@/bundle";

import type { Warning } from "../report";
import type { TableDefinition } from "../tables";
import { scrubJson } from "./scrub-json";
import { findSecretName } from "./find-secret-name";

const newline = 0x0a;

/** Code of the warning by which a bundle says where values became null. */
export const secretsRemoved = "secrets_removed";

/** Takes the secrets out of a table's rows on their way into a bundle, and counts them. */
export class RowScrubber {
  private readonly scanner = new RowScanner(defaultLimits);
  private readonly jsonColumns: ReadonlySet<string>;
  private readonly removed = new Map<string, number>();

  constructor(private readonly table: TableDefinition) {
    this.jsonColumns = new Set(
      Object.entries(table.columns).flatMap(([name, column]) => (column.type.kind === "json" ? [name] : [])),
    );
  }

  /**
   * Whole lines in, whole lines out; the very same buffer where nothing can be a secret.
   *
   * @throws BundleError `nesting_too_deep`: no bundle may hold the row
   */
  scrub(lines: Buffer): Buffer {
    if (this.jsonColumns.size === 0) return lines;
    const parts: Buffer[] = [];
    let keptUntil = 0;
    for (let found = findSecretName(lines, 0); found !== -1; found = findSecretName(lines, keptUntil)) {
      const start = lines.lastIndexOf(newline, found) + 1;
      const end = lines.indexOf(newline, found) + 1;
      parts.push(lines.subarray(keptUntil, start), this.scrubLine(lines.subarray(start, end)));
      keptUntil = end;
    }
    return parts.length === 0 ? lines : Buffer.concat([...parts, lines.subarray(keptUntil)]);
  }

  /** One warning a column that held any. */
  warnings(): Warning[] {
    return [...this.removed].map(([column, count]) => ({
      code: secretsRemoved,
      message: `${count} ${count === 1 ? "value" : "values"} under names that carry secrets became null in ${this.table.name}.${column}.`,
      table: this.table.name,
      column,
      count,
    }));
  }

  private scan(line: Buffer): void {
    try {
      this.scanner.scan(line);
    } catch (error) {
      if (!(error instanceof RowSyntaxError)) throw error;
      const { name } = this.table;
      throw new BundleError("nesting_too_deep", `A row of ${name} is ${error.reason}.`, { entry: `data/${name}.json` });
    }
  }

  private scrubLine(line: Buffer): Buffer {
    this.scan(line);
    const parts: Buffer[] = [];
    let keptUntil = 0;
    for (let index = 0; index < this.scanner.count; index++) {
      const column = this.scanner.memberName(index);
      if (!this.jsonColumns.has(column)) continue;
      const member = this.scanner.member(index);
      const { text, removed } = scrubJson(line.toString("utf8", member.start, member.end));
      if (removed === 0) continue;
      this.removed.set(column, (this.removed.get(column) ?? 0) + removed);
      parts.push(line.subarray(keptUntil, member.start), Buffer.from(text));
      keptUntil = member.end;
    }
    return parts.length === 0 ? line : Buffer.concat([...parts, line.subarray(keptUntil)]);
  }
}
