import { usualRowsProgram as compiledProgram } from "./usual-rows.program";

/** As in usual-rows.as. */
const kinds = {
  uuid: 0,
  text: 1,
  enum: 2,
  timestamp: 3,
  json: 4,
  text_list: 5,
  float: 6,
  numeric: 7,
  integer: 8,
  bigint: 9,
  boolean: 10,
  sha256: 11,
} as const;
const flags = { nullable: 1, leftOut: 2, identifying: 4, byOneId: 8, byKnownIds: 16, byNone: 32 } as const;
/** What stands at the beginning of the memory, in words. */
const place = {
  row: 0,
  rowEnd: 1,
  firstIndex: 2,
  output: 3,
  outputEnd: 4,
  fieldCount: 5,
  isIndexed: 6,
  leftOutFrom: 7,
  isAscending: 8,
  hasLastId: 9,
  lineOverhead: 10,
  longestRow: 11,
  fields: 16,
} as const;
const wordBytes = 4;
const wordsOfField = 8;
const substitutedByNone = 5;

/** Where things stand in the memory, in bytes. */
const parametersAt = 4 * 1024;
const parametersEnd = 32 * 1024;
const endsAt = 36 * 1024;
const textAt = 164 * 1024;
/** A batch of more rows, or more bytes, has no usual form: inflated data comes in pieces of 120 KiB, with the rest of a row before them. */
const mostRows = (textAt - endsAt) / wordBytes;
const longestText = 256 * 1024;
/** What is read beyond the end of a text or a parameter, and written beyond an output's: a vector at most. */
const beyond = 16;
const outputAt = textAt + longestText + 2 * beyond;
/** More than the lines of most batches take; others are taken in parts. */
const outputBytes = 512 * 1024;

const mostFields = 64;
/** Most bytes of a cell beyond twice those of its value: a list of none, with its own length and all that stands in front of it. */
const cellOverhead = 24;
const labelBytes = 80;
/** Of ids that are looked for, one after the other by halves. */
const mostKnownIds = 1000;

export type Kind = keyof typeof kinds;

/** What a column's values must be and become; numbers of `numeric` in ten thousandths. */
export type Rule =
  | { kind: "uuid"; substitution: { by: "one id"; id: Buffer } | { by: "itself where known"; known: readonly Buffer[] } | { by: "none" } | null; isRowId: boolean }
  | { kind: "text"; least: number; most: number }
  | { kind: "enum"; labels: readonly string[] }
  | { kind: "float"; minimum: number; maximum: number }
  | { kind: "numeric"; minimum: number; maximum: number; unit: number; scale: number }
  | { kind: "integer" | "bigint"; minimum: bigint; maximum: bigint }
  | { kind: "timestamp" | "json" | "text_list" | "boolean" | "sha256" };

export interface UsualField {
  /** What stands before the value: brace or comma, name, colon. */
  before: Buffer;
  nullable: boolean;
  /** Becomes null in rows whose columns are left out. */
  isLeftOut: boolean;
  rule: Rule;
}

export interface UsualForm {
  fields: readonly UsualField[];
  /** Whether lines are led by the row's index. */
  isIndexed: boolean;
  /** Index of the first row of which columns are left out; infinity: none. */
  leftOutFrom: number;
  /** Bytes: longer rows have no usual form. */
  longestRow: number;
}

/** A run of rows that became lines. */
export interface UsualRun {
  /** Behind its last row. */
  end: number;
  /** A view, until the next run. */
  lines: Buffer;
  /** Whether each id comes after the one before. */
  isAscending: boolean;
}

/** usual-rows.as in a memory of its own: fields, what they must be, rows and the lines that they become. */
export class UsualRowsProgram {
  private readonly words: Int32Array;
  private readonly view: DataView;
  private readonly bytes: Buffer;
  private readonly run: () => void;
  private form: UsualForm | null = null;
  private free = parametersAt;

  constructor() {
    const { memory, encodeRows } = new WebAssembly.Instance(compiled()).exports;
    if (!(memory instanceof WebAssembly.Memory) || !isProgram(encodeRows)) throw new Error("usual-rows.program.ts is not what usual-rows.as compiles to");
    this.run = encodeRows;
    this.words = new Int32Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.bytes = Buffer.from(memory.buffer);
  }

  /**
   * Takes rows that runs are made of from now on.
   *
   * @param rows one after the other, valid UTF-8, behind a first one with which the others agree; each ends where `ends` says
   * @returns false: there are too many to be of use
   */
  load(form: UsualForm, rows: Buffer, ends: Uint32Array, firstIndex: number): boolean {
    if (ends.length > mostRows || rows.length > longestText) return false;
    if (form !== this.form) this.begin(form);
    this.words.set(ends, endsAt / wordBytes);
    rows.copy(this.bytes, textAt);
    // Control characters, which end every string.
    this.bytes.fill(0, textAt + rows.length, textAt + rows.length + beyond);
    this.words[place.firstIndex] = firstIndex;
    return true;
  }

  /** Rows from `start` to before `end`, as far as they have their usual form and their lines have room. */
  encode(start: number, end: number): UsualRun {
    this.words[place.row] = start;
    this.words[place.rowEnd] = end;
    this.words[place.output] = outputAt;
    this.words[place.isAscending] = 1;
    this.words[place.hasLastId] = 0;
    this.run();
    return {
      end: this.words[place.row] ?? 0,
      lines: this.bytes.subarray(outputAt, this.words[place.output]),
      isAscending: this.words[place.isAscending] === 1,
    };
  }

  /** By field, how many ids were replaced by none since this was last asked. */
  takeSubstitutedByNone(field: number): number {
    const word = place.fields + field * wordsOfField + substitutedByNone;
    const count = this.words[word] ?? 0;
    this.words[word] = 0;
    return count;
  }

  private begin(form: UsualForm): void {
    const { fields, isIndexed, leftOutFrom, longestRow } = form;
    this.free = parametersAt;
    for (const [index, { before, nullable, isLeftOut, rule }] of fields.entries()) {
      const name = this.reserve(before.length);
      this.bytes.set(before, name);
      const isFlagged = (nullable ? flags.nullable : 0) | (isLeftOut ? flags.leftOut : 0) | flagsOf(rule);
      this.words.set([name, before.length, kinds[rule.kind], isFlagged, this.storeParameters(rule), 0], place.fields + index * wordsOfField);
    }
    this.words[place.fieldCount] = fields.length;
    this.words[place.isIndexed] = isIndexed ? 1 : 0;
    this.words[place.leftOutFrom] = Math.min(leftOutFrom, 0xffffffff) | 0;
    // The number of cells, and the index with its length.
    this.words[place.lineOverhead] = 10 + fields.length * cellOverhead;
    this.words[place.longestRow] = longestRow;
    this.words[place.outputEnd] = outputAt + outputBytes;
    this.form = form;
  }

  /** @returns their address */
  private storeParameters(rule: Rule): number {
    switch (rule.kind) {
      case "uuid":
        return this.storeIds(rule.substitution);
      case "text":
        return this.storeWords([rule.least, Math.min(rule.most, 0xffffffff) | 0]);
      case "enum":
        return this.storeLabels(rule.labels);
      case "float": {
        const at = this.reserve(16);
        this.view.setFloat64(at, rule.minimum, true);
        this.view.setFloat64(at + 8, rule.maximum, true);
        return at;
      }
      case "numeric":
        return this.storeWords([rule.minimum, rule.maximum, rule.unit, rule.scale]);
      case "integer":
      case "bigint": {
        const at = this.reserve(16);
        this.view.setBigInt64(at, rule.minimum, true);
        this.view.setBigInt64(at + 8, rule.maximum, true);
        return at;
      }
      case "timestamp":
      case "json":
      case "text_list":
      case "boolean":
      case "sha256":
        return 0;
    }
  }

  private storeIds(substitution: Extract<Rule, { kind: "uuid" }>["substitution"]): number {
    if (substitution === null || substitution.by === "none") return 0;
    if (substitution.by === "one id") {
      const at = this.reserve(substitution.id.length);
      this.bytes.set(substitution.id, at);
      return at;
    }
    const known = [...substitution.known].sort((left, right) => left.compare(right));
    const at = this.reserve(beyond + known.length * 16);
    this.words[at / wordBytes] = known.length;
    for (const [index, id] of known.entries()) this.bytes.set(id, at + beyond + index * 16);
    return at;
  }

  private storeLabels(labels: readonly string[]): number {
    const labelSize = beyond + labelBytes;
    const at = this.reserve(beyond + labels.length * labelSize);
    this.words[at / wordBytes] = labels.length;
    for (const [index, label] of labels.entries()) {
      const labelAt = at + beyond + index * labelSize;
      this.words[labelAt / wordBytes] = this.bytes.write(`"${label}"`, labelAt + beyond);
    }
    return at;
  }

  private storeWords(words: readonly number[]): number {
    const at = this.reserve(words.length * wordBytes);
    this.words.set(words, at / wordBytes);
    return at;
  }

  private reserve(length: number): number {
    const at = this.free;
    this.free = Math.ceil((at + length) / beyond) * beyond + beyond;
    if (this.free > parametersEnd) throw new RangeError("There is no room for a table's columns and what they must be");
    return at;
  }
}

/** Whether the program has room for what the fields must be. */
export function hasRoomFor(fields: readonly UsualField[]): boolean {
  if (fields.length > mostFields) return false;
  const lengths = fields.map(({ before, rule }) => before.length + 2 * beyond + parameterBytes(rule));
  return lengths.reduce((sum, length) => sum + length, 0) <= parametersEnd - parametersAt && fields.every(({ rule }) => isExpressible(rule));
}

function parameterBytes(rule: Rule): number {
  if (rule.kind === "enum") return 3 * beyond + rule.labels.length * (beyond + labelBytes);
  return 3 * beyond + knownIds(rule) * 16;
}

function knownIds(rule: Rule): number {
  return rule.kind === "uuid" && rule.substitution?.by === "itself where known" ? rule.substitution.known.length : 0;
}

function isExpressible(rule: Rule): boolean {
  if (rule.kind !== "enum") return knownIds(rule) <= mostKnownIds;
  return rule.labels.every((label) => /^[\x20-\x7e]*$/.test(label) && !/["\\]/.test(label) && label.length + 2 + beyond <= labelBytes);
}

function flagsOf(rule: Rule): number {
  if (rule.kind !== "uuid") return 0;
  const identifying = rule.isRowId ? flags.identifying : 0;
  switch (rule.substitution?.by) {
    case undefined:
      return identifying;
    case "one id":
      return identifying | flags.byOneId;
    case "itself where known":
      return identifying | flags.byKnownIds;
    case "none":
      return identifying | flags.byNone;
  }
}

let shared: UsualRowsProgram | null = null;

/** One for all: whoever loads rows is done with them before anybody else has their turn. */
export function usualRowsProgram(): UsualRowsProgram {
  return (shared ??= new UsualRowsProgram());
}

let module: WebAssembly.Module | null = null;

function compiled(): WebAssembly.Module {
  return (module ??= new WebAssembly.Module(Buffer.from(compiledProgram, "base64")));
}

function isProgram(value: unknown): value is () => void {
  return typeof value === "function";
}
