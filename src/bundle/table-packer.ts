import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import { dataEntryName } from "./entry-names";
import { RowsChecker } from "./json/check-rows";
import { PackRowsProgram } from "./json/pack-rows-program";
import { defaultLimits, surelySmallRow } from "./limits";
import { fillUp, streamEnd } from "./zip/deflate";

const comma = 0x2c;
const newline = 0x0a;

/** What a table's data file is, packed and not. */
export interface PackedTable {
  rows: number;
  /** Bytes of its JSON. */
  size: number;
  crc32: number;
  /** Of its JSON, lower-case hex. */
  sha256: string;
}

/**
 * Makes one JSON array, one row a line, of rows, and packs it: by level 1 of what deflate can do,
 * on the thread of whoever calls it. The bytes depend on the rows alone, not on how they arrive.
 */
export class TablePacker {
  private readonly program = takeProgram();
  private readonly checker: RowsChecker;
  private readonly hash = createHash("sha256");
  private crc32 = 0;
  private size = 0;
  private packedSize = 0;
  private isFirst = true;
  private whole: PackedTable | null = null;

  constructor(table: string) {
    this.checker = new RowsChecker(dataEntryName(table));
    this.program.putPlain("[");
  }

  /**
   * @param rows whole rows, every row's JSON with ",\n" before it, also the first one's
   * @returns what of the packed table is complete, in buffers to themselves
   * @throws BundleError `row_too_large`, `nesting_too_deep`, `row_invalid`: a reader would refuse the row
   */
  push(rows: Buffer): Buffer<ArrayBuffer>[] {
    if (rows.length === 0) return [];
    this.refuseAfterEnd();
    const firstRow = this.program.rows;
    const packed: Buffer<ArrayBuffer>[] = [];
    let isUsual = rows[0] === comma && rows[1] === newline;
    this.program.beginRows();
    for (let taken = this.isFirst ? 1 : 0; taken < rows.length; ) {
      const part = rows.subarray(taken, taken + this.program.room);
      isUsual = this.program.put(part) && isUsual;
      taken += part.length;
      if (this.program.room === 0) packed.push(this.pack());
    }
    this.isFirst = false;
    if (!isUsual) this.checker.check(rows, firstRow);
    return packed;
  }

  /** The rest of it. */
  end(): Buffer<ArrayBuffer>[] {
    this.refuseAfterEnd();
    const closing = this.isFirst ? "]\n" : "\n]\n";
    const packed: Buffer<ArrayBuffer>[] = [];
    if (this.program.room < closing.length) packed.push(this.pack());
    this.program.putPlain(closing);
    packed.push(this.pack(), ...fillUp(this.size, this.packedSize), ownCopy(streamEnd));
    const { rows } = this.program;
    leaveProgram(this.program);
    this.whole = { rows, size: this.size, crc32: this.crc32, sha256: this.hash.digest("hex") };
    return packed;
  }

  /** What the table is, after its end. */
  get table(): PackedTable {
    if (this.whole === null) throw new Error("The table has not ended");
    return this.whole;
  }

  /** Its program may be another table's by then. */
  private refuseAfterEnd(): void {
    if (this.whole !== null) throw new Error("The table has ended");
  }

  private pack(): Buffer<ArrayBuffer> {
    const { text, packed } = this.program.pack();
    this.hash.update(text);
    this.crc32 = crc32(text, this.crc32);
    this.size += text.length;
    this.packedSize += packed.length;
    return ownCopy(packed);
  }
}

/** With a memory to itself, however short: others cannot be moved to another thread. */
function ownCopy(bytes: Buffer): Buffer<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** One whose table has ended, for the next: each has more than two megabytes. */
let spare: PackRowsProgram | null = null;

function takeProgram(): PackRowsProgram {
  const program = spare ?? new PackRowsProgram({ bytes: Math.floor(surelySmallRow), openings: defaultLimits.nesting });
  spare = null;
  return program;
}

function leaveProgram(program: PackRowsProgram): void {
  program.restart();
  spare = program;
}
