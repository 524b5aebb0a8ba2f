import { BackupError } from "../errors";
import type { RowError } from "../report";
import { errorsTold } from "../rows/encode-batch";

/** So many are enough to be told "at least": a bundle of 100 MB may hold billions of rows that are none, and would take hours. */
export const errorsCounted = 1_000_000;

/** Why a bundle's rows are refused: the first hundred reasons, and how many there are. */
export class InvalidRowsError extends BackupError {
  constructor(
    readonly errors: readonly RowError[],
    readonly count: number,
  ) {
    const many = count >= errorsCounted ? `at least ${count}` : count;
    super("invalid_rows", `The bundle holds ${many} invalid ${count === 1 ? "row or value" : "rows or values"}. Nothing was imported.`);
  }

  /** Counting stopped: there may be more. */
  get countIsLeast(): boolean {
    return this.count >= errorsCounted;
  }
}

/** Collects what is wrong with a bundle's rows, so that an admin sees it all at once. */
export class RowErrors {
  private readonly errors: RowError[] = [];
  private count = 0;

  get room(): number {
    return errorsTold - this.errors.length;
  }

  add(error: RowError): void {
    this.count++;
    if (this.room > 0) this.errors.push(error);
  }

  /** Further errors of a kind of which the first are already added. */
  addUntold(count: number): void {
    this.count += count;
  }

  /** @throws InvalidRowsError */
  throwIfMany(): void {
    if (this.count >= errorsCounted) this.throwIfAny();
  }

  get any(): boolean {
    return this.count > 0;
  }

  throwIfAny(): void {
    if (this.any) throw new InvalidRowsError(this.errors, this.count);
  }
}
