/** What node's FileHandle does, whoever has opened the file. */
export interface ReadableFile {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** Small enough that what the event loop does with one at a time goes unnoticed, even 70,000 tiny entries. */
const windowSize = 256 * 1024;

interface FileWindowOptions {
  /**
   * Reuse two buffers over and over: what was handed out is valid until more is asked for.
   * Otherwise every buffer is new and stays valid.
   */
  reuse: boolean;
  signal?: AbortSignal | undefined;
}

/** Reads one range of a file from front to back, one window ahead of what is asked for. */
export class FileWindow {
  private current: Buffer = Buffer.alloc(0);
  /** Of the next byte within the current window. */
  private cursor = 0;
  private readAhead: Promise<Buffer> | null = null;
  private nextRead: number;
  private readonly spare: Buffer[] = [];
  private windowEnd: number;

  constructor(
    private readonly file: ReadableFile,
    start: number,
    private end: number,
    private readonly options: FileWindowOptions,
  ) {
    this.nextRead = start;
    this.windowEnd = start;
  }

  /** Turns to another range, when all of this one was taken: with the buffers that it has. */
  turnTo(start: number, end: number): void {
    if (this.position !== this.end) throw new RangeError(`${this.end - this.position} bytes of the range were not taken`);
    this.nextRead = this.windowEnd = start;
    this.end = end;
    this.keep(this.current);
    this.current = this.current.subarray(0, 0);
    this.cursor = 0;
  }

  /** Whether what is handed out is valid only until more is asked for. */
  get reuses(): boolean {
    return this.options.reuse;
  }

  /** Of the next byte within the file. */
  get position(): number {
    return this.windowEnd - this.current.length + this.cursor;
  }

  /** Exactly so many bytes, at most the range's rest. */
  async take(length: number): Promise<Buffer> {
    if (length > this.end - this.position) throw new RangeError(`${length} bytes asked for past the end of the range`);
    if (this.current.length - this.cursor >= length) return this.current.subarray(this.cursor, (this.cursor += length));
    const taken = Buffer.allocUnsafe(length);
    let filled = 0;
    for await (const chunk of this.chunks(length)) filled += chunk.copy(taken, filled);
    return taken;
  }

  /** The next so many bytes, at most the range's rest, as they come. */
  async *chunks(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.cursor === this.current.length) await this.advance();
      const chunk = this.current.subarray(this.cursor, this.cursor + left);
      this.cursor += chunk.length;
      left -= chunk.length;
      yield chunk;
    }
  }

  private async advance(): Promise<void> {
    this.options.signal?.throwIfAborted();
    const next = this.readAhead ?? this.readNext();
    this.readAhead = null;
    const before = this.current;
    this.current = await next;
    this.cursor = 0;
    this.windowEnd += this.current.length;
    this.keep(before);
    if (this.nextRead < this.end) {
      this.readAhead = this.readNext();
      // Whoever asks for it gets the error; nobody may ask.
      this.readAhead.catch(() => undefined);
    }
  }

  private keep(buffer: Buffer): void {
    if (this.options.reuse && buffer.length > 0 && buffer.buffer.byteLength === windowSize) this.spare.push(Buffer.from(buffer.buffer));
  }

  private async readNext(): Promise<Buffer> {
    const length = Math.min(windowSize, this.end - this.nextRead);
    const position = this.nextRead;
    this.nextRead += length;
    const buffer = this.spare.pop() ?? Buffer.allocUnsafeSlow(this.options.reuse ? windowSize : length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.file.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) throw new Error("The file became shorter while it was read.");
      filled += bytesRead;
    }
    return buffer.subarray(0, length);
  }
}
