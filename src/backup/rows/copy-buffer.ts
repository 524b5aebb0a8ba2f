const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const space = 0x20;
const nullCell = Buffer.from("\\N");

/**
 * Lines of COPY's text format (PostgreSQL manual, COPY, "Text Format"), built in one
 * buffer that is handed on whole when it is full.
 */
export class CopyBuffer {
  private bytes: Buffer<ArrayBuffer>;
  private length = 0;
  private lineStart = 0;

  constructor(private readonly capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  get isFull(): boolean {
    return this.length >= this.capacity;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** What has been built, and an empty buffer in its place. */
  take(): Buffer<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafe(this.capacity);
    this.length = 0;
    return taken;
  }

  startLine(): void {
    this.lineStart = this.length;
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

  /** Forgets the line that was started last. */
  dropLine(): void {
    this.length = this.lineStart;
  }

  endLine(): void {
    // Every cell is followed by a tab; the last one's becomes the line's end.
    this.bytes[this.length - 1] = newline;
  }

  null(): void {
    this.raw(nullCell, 0, nullCell.length);
  }

  /** Text that holds no backslash, tab or newline. */
  plain(text: string): void {
    this.reserve(text.length * 3 + 1);
    this.length += this.bytes.write(text, this.length);
    this.bytes[this.length++] = tab;
  }

  /** Any text. */
  text(text: string): void {
    const bytes = Buffer.from(text);
    this.reserve(bytes.length * 2 + 1);
    for (const byte of bytes) {
      if (byte === backslash || byte === tab || byte === newline || byte === 0x0d) this.bytes[this.length++] = backslash;
      this.bytes[this.length++] = byte === tab ? 0x74 : byte === newline ? 0x6e : byte === 0x0d ? 0x72 : byte;
    }
    this.bytes[this.length++] = tab;
  }

  /** A few bytes that are a cell as they stand: less than what a call to copy them costs. */
  short(source: Buffer, start: number, end: number): void {
    this.reserve(end - start + 1);
    const { bytes } = this;
    let { length } = this;
    for (let position = start; position < end; position++) bytes[length++] = source[position] ?? 0;
    bytes[length++] = tab;
    this.length = length;
  }

  /** Bytes as they stand between two ASCII characters. */
  enclosed(opening: string, source: Buffer, start: number, end: number, closing: string): void {
    this.reserve(end - start + 3);
    this.bytes[this.length++] = opening.charCodeAt(0);
    this.length += source.copy(this.bytes, this.length, start, end);
    this.bytes[this.length++] = closing.charCodeAt(0);
    this.bytes[this.length++] = tab;
  }

  /** Bytes that are a cell as they stand. */
  raw(source: Buffer, start: number, end: number): void {
    this.reserve(end - start + 1);
    this.length += source.copy(this.bytes, this.length, start, end);
    this.bytes[this.length++] = tab;
  }

  /** JSON as it stands: backslashes doubled, and the space between its tokens kept on one line. */
  json(source: Buffer, start: number, end: number): void {
    this.reserve((end - start) * 2 + 1);
    const { bytes } = this;
    let { length } = this;
    for (let position = start; position < end; position++) {
      const byte = source[position] ?? 0;
      if (byte === backslash) bytes[length++] = backslash;
      bytes[length++] = byte < space ? space : byte;
    }
    bytes[length++] = tab;
    this.length = length;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
