/** Bytes: more take longer than a call to copy them. */
const copiedByHand = 40;

/** Bytes of a cell's length. */
const lengthBytes = 4;
/** In place of a length, that the cell is null. */
const nullLength = -1;
/** Of jsonb as it is sent: PostgreSQL's jsonb_recv knows no other. */
const jsonbVersion = 1;

const backslash = 0x5c;
const twoTo32 = 4_294_967_296;

/** What stands behind a backslash in JSON (RFC 8259, section 7), \u aside, and what both are. */
const escapes = new Uint8Array(256);
for (const [escape, meant] of Object.entries({ '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" })) {
  escapes[escape.charCodeAt(0)] = meant.charCodeAt(0);
}

/** pg_type.dat: the type of a text list's elements. */
const textType = 25;

/**
 * Lines of COPY's binary format (PostgreSQL manual, COPY, "Binary Format": what it calls tuples,
 * and its messages count as lines), built in one buffer, of which what is built is taken when it is full.
 * Cells are what PostgreSQL's receive functions for their types take: numbers in network byte order.
 */
export class CopyBuffer {
  private bytes: Buffer<ArrayBuffer>;
  private length = 0;
  private lineStart = 0;

  constructor(private readonly capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get isFull(): boolean {
    return this.length >= this.capacity;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** What has been built, in a buffer to itself: of just that size, but for the lines that were larger than the capacity. */
  take(): Buffer<ArrayBuffer> {
    const built = this.bytes.subarray(0, this.length);
    this.length = 0;
    if (this.bytes.length > this.capacity) {
      this.bytes = Buffer.allocUnsafeSlow(this.capacity);
      return built;
    }
    const taken = Buffer.allocUnsafeSlow(built.length);
    built.copy(taken);
    return taken;
  }

  /** Whole lines that were made elsewhere. */
  lines(lines: Buffer): void {
    this.reserve(lines.length);
    this.length += lines.copy(this.bytes, this.length);
  }

  startLine(cells: number): void {
    this.lineStart = this.length;
    this.reserve(2);
    this.length = this.bytes.writeInt16BE(cells, this.length);
  }

  /** Forgets the line that was started last. */
  dropLine(): void {
    this.length = this.lineStart;
  }

  /** Where the next cell begins, for nullFrom. */
  get position(): number {
    return this.length;
  }

  /** Puts a null in place of the cell that began there. */
  nullFrom(position: number): void {
    this.length = position;
    this.null();
  }

  null(): void {
    this.reserve(lengthBytes);
    this.writeInteger(nullLength);
  }

  /** uuid, of the 36 characters of one that begin there. */
  uuid(source: Buffer, start: number): void {
    this.begin(16);
    const { bytes } = this;
    let { length } = this;
    for (let position = start; length < this.length + 16; position += 2) {
      // Dashes stand in front of bytes, never within.
      if (source[position] === 0x2d) position += 1;
      bytes[length++] = (hexValue(source[position] ?? 0) << 4) | hexValue(source[position + 1] ?? 0);
    }
    this.length = length;
  }

  /** text, or the label of an enum: bytes as they stand. */
  raw(source: Buffer, start: number, end: number): void {
    this.begin(end - start);
    const { bytes } = this;
    let { length } = this;
    if (end - start > copiedByHand) length += source.copy(bytes, length, start, end);
    else for (let position = start; position < end; position++) bytes[length++] = source[position] ?? 0;
    this.length = length;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.begin(length);
    this.length += this.bytes.write(text, this.length);
  }

  /** text, of a JSON string's bytes between its quotes, with any escape but \u. */
  unescaped(source: Buffer, start: number, end: number): void {
    this.reserve(lengthBytes + end - start);
    const { bytes, length: cell } = this;
    let length = cell + lengthBytes;
    for (let position = start; position < end; position++) {
      const byte = source[position] ?? 0;
      bytes[length++] = byte === backslash ? (escapes[source[++position] ?? 0] ?? 0) : byte;
    }
    this.writeInteger(length - cell - lengthBytes);
    this.length = length;
  }

  /** text[] of so many elements, each of which is written by `text` or `raw` between this and `endList`. @returns what `endList` takes */
  beginList(elements: number): number {
    const start = this.length;
    // The list's own length comes at its end: dimensions, flags and type, and of the one dimension its length and first index.
    this.reserve(lengthBytes + 20);
    this.length += lengthBytes;
    this.writeInteger(elements === 0 ? 0 : 1);
    this.writeInteger(0);
    this.writeInteger(textType);
    if (elements > 0) {
      this.writeInteger(elements);
      this.writeInteger(1);
    }
    return start;
  }

  endList(start: number): void {
    this.bytes.writeInt32BE(this.length - start - lengthBytes, start);
  }

  /** jsonb, of JSON as it stands. */
  json(source: Buffer, start: number, end: number): void {
    this.begin(1 + end - start);
    this.bytes[this.length++] = jsonbVersion;
    this.length += source.copy(this.bytes, this.length, start, end);
  }

  boolean(value: boolean): void {
    this.begin(1);
    this.bytes[this.length++] = value ? 1 : 0;
  }

  /** integer */
  integer(value: number): void {
    this.begin(4);
    this.writeInteger(value);
  }

  /** bigint, or a timestamptz in microseconds since 2000-01-01 in UTC. */
  bigint(value: bigint): void {
    this.begin(8);
    this.length = this.bytes.writeBigInt64BE(value, this.length);
  }

  /** The same of a safe integer. */
  safeInteger(value: number): void {
    this.begin(8);
    const high = Math.floor(value / twoTo32);
    this.writeInteger(high);
    this.writeInteger((value - high * twoTo32) | 0);
  }

  /** double precision */
  float(value: number): void {
    this.begin(8);
    this.length = this.bytes.writeDoubleBE(value, this.length);
  }

  /**
   * numeric, of a whole part below 10,000 and the ten thousandths behind it: digits of base
   * 10,000, of which zeros in front and behind stay out; the first one's weight; the sign; and
   * how many decimals are shown.
   */
  numeric(isNegative: boolean, whole: number, tenThousandths: number, scale: number): void {
    const digits = [...(whole > 0 ? [whole] : []), ...(tenThousandths > 0 ? [tenThousandths] : [])];
    this.begin(8 + 2 * digits.length);
    this.writeShort(digits.length);
    this.writeShort(whole === 0 && digits.length > 0 ? -1 : 0);
    this.writeShort(isNegative && digits.length > 0 ? 0x4000 : 0);
    this.writeShort(scale);
    for (const digit of digits) this.writeShort(digit);
  }

  private begin(length: number): void {
    this.reserve(lengthBytes + length);
    this.writeInteger(length);
  }

  private writeInteger(value: number): void {
    const { bytes, length } = this;
    bytes[length] = value >>> 24;
    bytes[length + 1] = value >>> 16;
    bytes[length + 2] = value >>> 8;
    bytes[length + 3] = value;
    this.length = length + 4;
  }

  private writeShort(value: number): void {
    this.bytes[this.length++] = value >>> 8;
    this.bytes[this.length++] = value;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

/** Of a hexadecimal digit in either case. */
function hexValue(byte: number): number {
  return (byte & 0x0f) + (byte > 0x39 ? 9 : 0);
}
