import { jsonRowsProgram } from "./json-rows.program";

/** As in json-rows.as. */
const notations = { string: 0, timestamp: 1, number: 2, boolean: 3, json: 4, array: 5 } as const;
/** What stands at the beginning of the memory, in words, as in json-rows.as. */
const place = { text: 0, textEnd: 1, output: 2, outputEnd: 3, values: 4, valuesEnd: 5, rowOverhead: 6, fieldCount: 7, nameEnds: 8, fields: 9 } as const;
const wordBytes = 4;
const wordsOfField = 3;
const wordsOfValue = 3;
/** A control character of one byte becomes \u0001. */
const mostGrowth = 6;
/** What is read and written beyond the end of a name, a text or an output: a vector at most. */
const beyond = 16;

/** Quotes and names make JSON less than twice as long as most of COPY's text. */
const usualGrowth = 2;
/** More than the last row of usual ones could need, which is six times its line and its names. */
const roomForLast = 64 * 1024;
/** JSON values that are noted before the program comes back: more than usual batches have. */
const mostNoted = 8 * 1024;
const pageBytes = 64 * 1024;
/** Memory beyond this is not kept: four times what usual batches take. A line of half a megabyte goes beyond it. */
const largeBytes = 4 * 1024 * 1024;

const newline = 0x0a;

export type Notation = keyof typeof notations;

export interface Field {
  /** What stands before the value, its separator and name. */
  name: Buffer;
  notation: Notation;
}

export interface WrittenRows {
  count: number;
  /** A view, until the next rows are written. */
  bytes: Buffer;
  /** JSON values with a name of those looked for, and some others, in the order of their places in `bytes`. */
  values: readonly { field: number; start: number; end: number }[];
}

/** json-rows.as in a memory of its own: fields, their names, what names are looked for, notes of JSON values, lines and the rows that they become. */
class JsonRowsProgram {
  private readonly memory: WebAssembly.Memory;
  private readonly run: () => number;
  private fields: readonly Field[] = [];
  private valuesAt = 0;
  private textAt = 0;
  private outputAt = 0;
  private words: Uint32Array;
  private bytes: Buffer;

  constructor() {
    const { memory, writeRows } = new WebAssembly.Instance(compiled()).exports;
    if (!(memory instanceof WebAssembly.Memory) || !isProgram(writeRows)) throw new Error("json-rows.program.ts is not what json-rows.as compiles to");
    this.memory = memory;
    this.run = writeRows;
    this.words = new Uint32Array(memory.buffer);
    this.bytes = Buffer.from(memory.buffer);
  }

  get isDone(): boolean {
    return this.words[place.text] === this.words[place.textEnd];
  }

  /** More memory is taken than usual lines need. */
  get isLarge(): boolean {
    return this.bytes.length > largeBytes;
  }

  /**
   * Takes the lines that rows are made of from now on.
   *
   * @param nameEnds the same for the same fields: a table like that of find-secret-name.ts
   */
  load(fields: readonly Field[], nameEnds: Int16Array, lines: Buffer): void {
    if (fields !== this.fields) this.begin(fields, nameEnds);
    const end = this.textAt + lines.length;
    this.outputAt = end + beyond;
    this.reserve(this.outputAt + lines.length * usualGrowth + roomForLast);
    lines.copy(this.bytes, this.textAt);
    this.words[place.text] = this.textAt;
    this.words[place.textEnd] = end;
  }

  /** As many rows as there is room for, and one at least. */
  writeRows(): WrittenRows {
    let count = this.runOnce();
    if (count === 0) {
      const line = this.bytes.indexOf(newline, this.words[place.text]) - (this.words[place.text] ?? 0);
      this.reserve(this.outputAt + line * mostGrowth + (this.words[place.rowOverhead] ?? 0));
      count = this.runOnce();
    }
    if (count < 1) throw new Error("A row is not what its columns say");
    return { count, bytes: this.bytes.subarray(this.outputAt, this.words[place.output]), values: this.notedValues() };
  }

  private runOnce(): number {
    this.words[place.output] = this.outputAt;
    this.words[place.outputEnd] = this.bytes.length - beyond;
    this.words[place.values] = this.valuesAt;
    this.words[place.valuesEnd] = this.textAt;
    return this.run();
  }

  private notedValues(): WrittenRows["values"] {
    const noted = this.words.subarray(this.valuesAt / wordBytes, (this.words[place.values] ?? 0) / wordBytes);
    return Array.from({ length: noted.length / wordsOfValue }, (_, value) => {
      const [field = 0, start = 0, end = 0] = noted.subarray(value * wordsOfValue, (value + 1) * wordsOfValue);
      return { field, start: start - this.outputAt, end: end - this.outputAt };
    });
  }

  private begin(fields: readonly Field[], nameEnds: Int16Array): void {
    this.valuesAt = this.storeNameEnds(nameEnds, this.storeFields(fields));
    this.textAt = this.valuesAt + mostNoted * wordsOfValue * wordBytes;
    this.fields = fields;
  }

  /** @returns where there is room behind them */
  private storeFields(fields: readonly Field[]): number {
    let name = (place.fields + fields.length * wordsOfField) * wordBytes;
    for (const [index, field] of fields.entries()) {
      this.words.set([name, field.name.length, notations[field.notation]], place.fields + index * wordsOfField);
      name += field.name.copy(this.bytes, name);
    }
    this.words[place.fieldCount] = fields.length;
    // Quotes around a value, a zone longer than COPY's, or a word in its place; and the brace.
    this.words[place.rowOverhead] = fields.reduce((sum, field) => sum + field.name.length + '""+00:00'.length, 1);
    return toWord(name + beyond);
  }

  /** @returns where there is room behind them */
  private storeNameEnds(nameEnds: Int16Array, at: number): number {
    this.words[place.nameEnds] = at;
    this.bytes.set(new Uint8Array(nameEnds.buffer, nameEnds.byteOffset, nameEnds.byteLength), at);
    return toWord(at + nameEnds.byteLength);
  }

  private reserve(bytes: number): void {
    const missing = bytes + beyond - this.bytes.length;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(missing / pageBytes));
    this.words = new Uint32Array(this.memory.buffer);
    this.bytes = Buffer.from(this.memory.buffer);
  }
}

let shared: JsonRowsProgram | null = null;

/** One for all: whoever loads lines is done with them before anybody else has their turn. What it wrote must be copied until then. */
export function withJsonRowsProgram<Result>(work: (program: JsonRowsProgram) => Result): Result {
  const program = (shared ??= new JsonRowsProgram());
  try {
    return work(program);
  } finally {
    if (program.isLarge) shared = null;
  }
}

let module: WebAssembly.Module | null = null;

function compiled(): WebAssembly.Module {
  return (module ??= new WebAssembly.Module(Buffer.from(jsonRowsProgram, "base64")));
}

function isProgram(value: unknown): value is () => number {
  return typeof value === "function";
}

function toWord(address: number): number {
  return Math.ceil(address / wordBytes) * wordBytes;
}
