import { packRowsProgram } from "./pack-rows.program";

/** As in pack-rows.as. */
const textAt = 704 * 1024;
const packedAt = (704 + 1024 + 1) * 1024;
const place = { packedEnd: 0, rows: 4, rowBytes: 5, openings: 6, mostBytes: 7, mostOpenings: 8 } as const;

/** Bytes of text that are packed together: enough that their codes are worth their header, little enough to take a millisecond. */
const blockBytes = 256 * 1024;
/** Of blocks that may repeat each other's text. */
const blocksTogether = 4;

interface Functions {
  checkRows: (from: number, end: number) => number;
  forgetText: () => void;
  packText: (from: number, end: number) => void;
}

/** A block of text, and what it was packed into: views, until more text is put in. */
export interface PackedBlock {
  text: Buffer;
  packed: Buffer;
}

/** What a row may have that needs no closer look. */
export interface UnsuspiciousRow {
  bytes: number;
  /** Arrays and objects that it opens. */
  openings: number;
}

/** pack-rows.as in a memory of its own: the text of rows on its way into blocks of deflate's. */
export class PackRowsProgram {
  private readonly bytes: Buffer;
  private readonly words: Uint32Array;
  private readonly functions: Functions;
  private blockStart = textAt;
  private end = textAt;

  constructor({ bytes, openings }: UnsuspiciousRow) {
    const { memory, checkRows, fillTables, forgetText, packText } = new WebAssembly.Instance(compiled()).exports;
    if (!(memory instanceof WebAssembly.Memory) || !isChecking(checkRows) || !isCommand(fillTables) || !isCommand(forgetText) || !isPacking(packText)) {
      throw new Error("pack-rows.program.ts is not what pack-rows.as compiles to");
    }
    this.bytes = Buffer.from(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.functions = { checkRows, forgetText, packText };
    this.words[place.mostBytes] = bytes;
    this.words[place.mostOpenings] = openings;
    fillTables();
  }

  /** Rows that were put in. */
  get rows(): number {
    return this.words[place.rows] ?? 0;
  }

  /** Bytes that can be put in before a block has to be packed. */
  get room(): number {
    return this.blockStart + blockBytes - this.end;
  }

  /** What follows are rows. */
  beginRows(): void {
    this.words[place.rowBytes] = 0;
    this.words[place.openings] = 0;
  }

  /**
   * Puts in text for which there is room.
   *
   * @returns false: of the rows since `beginRows` one may be other than usual
   */
  put(text: Buffer): boolean {
    const from = this.end;
    this.end += text.copy(this.bytes, from);
    return this.functions.checkRows(from, this.end) === 0;
  }

  /** The same for text that is no row. */
  putPlain(text: string): void {
    this.end += this.bytes.write(text, this.end, "latin1");
  }

  /** Packs what was put in since the last block. */
  pack(): PackedBlock {
    this.functions.packText(this.blockStart, this.end);
    const block = { text: this.bytes.subarray(this.blockStart, this.end), packed: this.bytes.subarray(packedAt, this.words[place.packedEnd]) };
    this.blockStart = this.end;
    if (this.end - textAt >= blockBytes * blocksTogether) this.beginAgain();
    return block;
  }

  /** For another file. */
  restart(): void {
    this.words[place.rows] = 0;
    this.beginAgain();
  }

  private beginAgain(): void {
    this.blockStart = this.end = textAt;
    this.functions.forgetText();
  }
}

let module: WebAssembly.Module | null = null;

function compiled(): WebAssembly.Module {
  return (module ??= new WebAssembly.Module(Buffer.from(packRowsProgram, "base64")));
}

function isChecking(value: unknown): value is Functions["checkRows"] {
  return typeof value === "function";
}

function isPacking(value: unknown): value is Functions["packText"] {
  return typeof value === "function";
}

function isCommand(value: unknown): value is () => void {
  return typeof value === "function";
}
