import { RowScanner, RowSyntaxError, defaultLimits, type RowMember } from "@/bundle/rows";

import type { RowError } from "../report";
import type { TableDefinition } from "../tables";
import { cellEncoder, substitutedIdEncoder, type CellEncoder } from "./encode-cell";
import { CopyBuffer } from "./copy-buffer";
import { utcMicrosecondsAt } from "./usual-forms";
import { indexedLines, type LineForm, type Substitution } from "./line-form";
import { usualFormOf } from "./usual-rows";
import type { UsualForm, UsualRun } from "./usual-rows-program";

interface Slot {
  name: string;
  nullable: boolean;
  /** JSON's own null is a value of a JSON column. */
  nullIsValue: boolean;
  /** Where the column stands in rows of the layout at hand. */
  memberIndex: number;
  encode: CellEncoder;
  /** The first row of which the value stays out; infinity: none. */
  leftOutFrom: number;
  isTimestamp: boolean;
}

/** Bytes: no number of so few digits is too large, or too small, for a column of any kind. */
const surelyNumber = 64;
/** Bytes: half of the digits that a number in PostgreSQL's JSON may have. */
const surelyJson = 64 * 1024;

/** Characters of an id in its usual form. */
const idBytes = 36;

/** More of them say no more to anybody, and a crafted bundle may have millions, of megabytes each. */
export const unknownNamed = 100;
const unknownNameLength = 100;
/** Bytes: enough for the lines of a batch of rows, little enough not to be felt in memory. */
const lineBufferBytes = 256 * 1024;

/**
 * Turns a table's rows as they stand in a bundle into lines for COPY and checks every value on
 * the way. Every row must have the columns that the bundle has.
 */
export class RowEncoder {
  readonly output = new CopyBuffer(lineBufferBytes);
  /** Names of members that are no columns of the table, or what they begin with; the first hundred. */
  readonly unknownColumns = new Set<string>();
  /** By column with a substitution: how many rows since `restart` got none for the id that they have. */
  substitutedByNone = new Map<string, number>();

  private readonly scanner = new RowScanner(defaultLimits);
  private slots: Slot[] = [];
  private layout = -1;
  private layoutMembers = 0;
  private usual: UsualForm | null = null;
  private usualLayout = -1;
  private knownColumns: readonly string[] | null = null;
  private ascending = true;
  private readonly firstId = Buffer.alloc(idBytes);
  private readonly lastId = Buffer.alloc(idBytes);

  constructor(
    private readonly table: TableDefinition,
    /** Columns that no bundle can lack, since the database has no default for them. */
    private readonly requiredColumns: readonly string[],
    /** Given what makes the error, which a crafted bundle may have millions of. */
    private readonly onError: (error: () => RowError) => void,
    private readonly form: LineForm = indexedLines,
  ) {}

  /** First and last id of the lines since `restart`, both empty where there are none; null where an id may not come after the one before. */
  get ascent(): { from: string; to: string } | null {
    if (!this.ascending) return null;
    return this.lastId[0] === 0 ? { from: "", to: "" } : { from: this.firstId.toString("latin1"), to: this.lastId.toString("latin1") };
  }

  /** The table's columns that this bundle has, in the table's order; null before the first row. */
  get columns(): readonly string[] | null {
    return this.knownColumns;
  }

  /** @param columns those that every row must have; null: those that the first row has, where none has told yet */
  restart(columns: readonly string[] | null): void {
    this.knownColumns ??= columns;
    this.ascending = true;
    this.substitutedByNone = new Map([...this.form.substitutions].flatMap(([column, { by }]) => (by === "one id" ? [] : [[column, 0]])));
    this.lastId.fill(0);
  }

  /** Of rows with the layout at hand; null where none was scanned, or they have none. */
  get usualForm(): UsualForm | null {
    // Not with each layout: rows of a crafted bundle may have another one each.
    if (this.usualLayout !== this.layout) {
      const isPlain = this.layoutMembers === this.slots.length && this.slots.every(({ memberIndex }, index) => memberIndex === index);
      this.usual = isPlain ? usualFormOf(this.table, this.slots.map(({ name }) => name), this.form) : null;
      this.usualLayout = this.layout;
    }
    return this.usual;
  }

  isWanted(index: number): boolean {
    return this.form.only === null || this.form.only[index] === 1;
  }

  /**
   * Adds the lines of rows that have their usual form.
   *
   * @param first the first of these rows
   * @param last the last of them
   * @param substitutedByNone by slot, how many got none for their id
   */
  addUsual({ lines, isAscending }: UsualRun, first: Buffer, last: Buffer, substitutedByNone: (slot: number) => number): void {
    this.output.lines(lines);
    for (const [slot, { name }] of this.slots.entries()) {
      const before = this.substitutedByNone.get(name);
      if (before !== undefined) this.substitutedByNone.set(name, before + substitutedByNone(slot));
    }
    const id = (this.usual?.fields[0]?.before.length ?? 0) + 1;
    this.watchOrder(first, id, id + idBytes);
    this.ascending &&= isAscending;
    last.copy(this.lastId, 0, id);
  }

  /** Adds a line to the output, or none where the row has a fault. */
  encode(row: Buffer, index: number): void {
    if (!this.scan(row, index)) return;
    if (this.scanner.layout !== this.layout && !this.learnLayout(index)) return;
    const { output } = this;
    output.startLine(this.slots.length + (this.form.indexed ? 1 : 0));
    if (this.form.indexed) output.integer(index);
    let valid = true;
    for (const slot of this.slots) {
      const fault = this.encodeCell(row, slot, index);
      if (fault === null) continue;
      valid = false;
      this.report(index, "value_invalid", fault, slot.name);
    }
    const { start, end } = this.scanner.member(this.slots[0]?.memberIndex ?? 0);
    if (valid) this.watchOrder(row, start + 1, end - 1);
    else output.dropLine();
  }

  private scan(row: Buffer, index: number): boolean {
    try {
      this.scanner.scan(row);
      return true;
    } catch (error) {
      if (!(error instanceof RowSyntaxError)) throw error;
      this.report(index, "json_invalid", error.message);
      return false;
    }
  }

  private encodeCell(row: Buffer, slot: Slot, index: number): string | null {
    const { output } = this;
    const member = this.scanner.member(slot.memberIndex);
    if (member.kind !== "null" || slot.nullIsValue) {
      const isLeftOut = index >= slot.leftOutFrom && this.mayBeLeftOut(row, member, slot.isTimestamp);
      const { position } = output;
      // Of JSON there is nothing to check that scanning has not.
      const fault = isLeftOut && slot.nullIsValue ? null : slot.encode(row, member, output);
      if (isLeftOut && fault === null) output.nullFrom(position);
      return fault;
    }
    if (!slot.nullable) return "must not be null";
    output.null();
    return null;
  }

  /**
   * Only what PostgreSQL is certain to hold: it would refuse some timestamps at the ends of
   * its range, and numbers of very many digits, whether these are written out or not.
   */
  private mayBeLeftOut(row: Buffer, { kind, start, end }: RowMember, isTimestamp: boolean): boolean {
    if (isTimestamp) return !Number.isNaN(utcMicrosecondsAt(row, start + 1, end - 1));
    return !this.scanner.hasExponent && end - start <= (kind === "number" ? surelyNumber : surelyJson);
  }

  private learnLayout(index: number): boolean {
    const members = new Map<string, number>();
    for (let member = 0; member < this.scanner.count; member++) members.set(this.scanner.memberName(member), member);
    const found = Object.keys(this.table.columns).filter((name) => members.has(name));
    const missing = (this.knownColumns ?? this.requiredColumns).filter((name) => !members.has(name));
    for (const name of missing) this.report(index, "column_missing", "is missing", name);
    const extra = this.knownColumns === null ? [] : found.filter((name) => !this.knownColumns?.includes(name));
    for (const name of extra) this.report(index, "column_missing", "is missing from the rows before this one", name);
    if (missing.length > 0 || extra.length > 0) return false;

    this.knownColumns ??= found;
    for (const name of members.keys()) {
      if (this.unknownColumns.size < unknownNamed && !Object.hasOwn(this.table.columns, name)) this.unknownColumns.add(beginningOf(name));
    }
    this.slots = found.map((name) => this.slot(name, members.get(name) ?? 0));
    this.layout = this.scanner.layout;
    this.layoutMembers = this.scanner.count;
    return true;
  }

  private slot(name: string, memberIndex: number): Slot {
    const column = this.table.columns[name];
    if (column === undefined) throw new Error(`${this.table.name} has no column ${name}`);
    const substitution = this.form.substitutions.get(name);
    return {
      name,
      nullable: column.nullable,
      nullIsValue: column.type.kind === "json",
      memberIndex,
      leftOutFrom: this.form.leaveOut?.columns.has(name) === true ? this.form.leaveOut.from : Number.POSITIVE_INFINITY,
      isTimestamp: column.type.kind === "timestamp",
      encode: substitution === undefined ? cellEncoder(column.type) : substitutedIdEncoder((id) => this.substitute(name, substitution, id)),
    };
  }

  private substitute(column: string, substitution: Substitution, id: string): string | null {
    if (substitution.by === "one id") return substitution.id;
    if (substitution.by === "itself where known" && substitution.known.has(id)) return id;
    this.substitutedByNone.set(column, (this.substitutedByNone.get(column) ?? 0) + 1);
    return null;
  }

  /** Of a row whose id stands there. */
  private watchOrder(row: Buffer, start: number, end: number): void {
    // An id with escapes is sound and longer; one in upper case comes before others of its order.
    this.ascending &&= end - start === this.lastId.length && isAfter(row, start, this.lastId);
    if (this.lastId[0] === 0) row.copy(this.firstId, 0, start);
    row.copy(this.lastId, 0, start);
  }

  private report(row: number, code: string, reason: string, column?: string): void {
    const { name: table } = this.table;
    this.onError(() => {
      const place = column === undefined ? `${table}, row ${row}` : `${table}, row ${row}, ${column}`;
      return { code, message: `${place}: ${reason}`, table, row, ...(column === undefined ? {} : { column }) };
    });
  }
}

/** A copy: a slice would keep the whole name. */
function beginningOf(name: string): string {
  return Buffer.from(name.slice(0, unknownNameLength)).toString();
}

/** Whether the lower-case id at `start` comes after the other one. */
function isAfter(row: Buffer, start: number, other: Buffer): boolean {
  let order = 0;
  for (let index = 0; index < other.length; index++) {
    const byte = row[start + index] ?? 0;
    if (byte >= 0x41 && byte <= 0x46) return false;
    if (order === 0) order = byte - (other[index] ?? 0);
  }
  return order > 0;
}
