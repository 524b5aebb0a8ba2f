import type { Warning } from "../report";
import { scrubJson } from "./scrub-json";

/** Code of the warning by which a bundle says where values became null. */
export const secretsRemoved = "secrets_removed";

/** Takes the secrets out of JSON values on their way into a bundle, and counts them. */
export class SecretScrubber {
  private removed = new Map<string, number>();

  /** @returns what stands in place of the value from `start` to `end`; null where nothing in it is a secret */
  scrub(column: string, json: Buffer, start: number, end: number): Buffer | null {
    const scrubbed = scrubJson(json, start, end);
    if (scrubbed === null) return null;
    this.removed.set(column, (this.removed.get(column) ?? 0) + scrubbed.removed);
    return scrubbed.json;
  }

  /** By column, how many values became null since this was called last. */
  takeRemoved(): ReadonlyMap<string, number> {
    const { removed } = this;
    this.removed = new Map();
    return removed;
  }
}

/** One warning a column that held any. */
export function removedWarnings(table: string, removed: ReadonlyMap<string, number>): Warning[] {
  return [...removed].map(([column, count]) => ({
    code: secretsRemoved,
    message: `${count} ${count === 1 ? "value" : "values"} under names that carry secrets became null in ${table}.${column}.`,
    table,
    column,
    count,
  }));
}
