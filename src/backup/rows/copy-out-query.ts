import { TLSSocket } from "node:tls";

import type { Connection, Submittable } from "pg";

import { release } from "@/memory/release";

import type { LineBuffers } from "./line-buffers";

/** Codes of messages (PostgreSQL manual, 55.7, "Message Formats"). */
const copyData = 0x64;
const copyDone = 0x63;
const errorResponse = 0x45;
/** A message's code, and the length of what follows it, which counts itself. */
const headerBytes = 5;
const lengthBytes = 4;

const newline = 0x0a;

/** Bytes: the server sends eight kilobytes at a time, and to wake up for each would take it and this thread longer than the bytes. */
const worthReading = 48 * 1024;
/** In which it fills what the kernel holds for a connection, and no more. */
const restMilliseconds = 1;

type DataListener = (data: Buffer) => void;

/**
 * A COPY … TO STDOUT whose lines come in batches of whole ones, each in a buffer to itself. The
 * messages in which they arrive, one a line, are taken apart here while they are copied into it:
 * a stream that gives each of them takes ten times as long for it.
 */
export class CopyOutQuery implements Submittable {
  private connection: Connection | null = null;
  private listener: DataListener | null = null;
  private readonly batches: Buffer<ArrayBuffer>[] = [];
  private batch: Buffer<ArrayBuffer>;
  private filled = 0;
  private readonly header = Buffer.alloc(headerBytes);
  private headerFilled = 0;
  /** Bytes of the message at hand that are still to come. */
  private missing = 0;
  private state: "under way" | "done" | { error: Error } = "under way";
  private wake: () => void = () => undefined;
  private resting: NodeJS.Timeout | undefined;

  constructor(
    private readonly text: string,
    private readonly buffers: LineBuffers,
  ) {
    this.batch = buffers.take(0);
  }

  /** Called by pg when it is this query's turn: until all lines are there, what the server sends comes here, and notices are dropped. */
  submit(connection: Connection): void {
    const [listener] = connection.stream.listeners("data");
    if (!isListener(listener)) throw new Error("A connection has no listener for what the server sends");
    this.connection = connection;
    this.listener = listener;
    connection.stream.removeListener("data", listener);
    connection.stream.on("data", this.take);
    connection.query(this.text);
  }

  handleError(error: Error): void {
    if (this.state === "under way") this.state = { error };
    this.wake();
  }

  handleCommandComplete(): void {
    return;
  }

  handleReadyForQuery(): void {
    return;
  }

  /** @throws what the server refuses, and what ends the connection */
  async *read(): AsyncGenerator<Buffer<ArrayBuffer>> {
    for (;;) {
      const batch = this.batches.shift();
      if (batch !== undefined) yield batch;
      else if (this.state === "done") return;
      else if (this.state !== "under way") throw this.state.error;
      else {
        const woken = new Promise<void>((resolve) => (this.wake = resolve));
        clearTimeout(this.resting);
        this.connection?.stream.resume();
        await woken;
      }
    }
  }

  private readonly take = (data: Buffer): void => {
    const size = data.length;
    for (let position = 0; position < data.length && this.state === "under way"; ) position = this.takePart(data, position);
    // V8 sees few objects, and would let those that are done with lie about.
    if (this.connection !== null && data.length === data.buffer.byteLength) release(data);
    if (this.batches.length > 0 || this.state !== "under way") {
      this.connection?.stream.pause();
      this.wake();
    } else if (size < worthReading && !this.isEncrypted) this.rest();
  };

  /** While the server works on more. */
  private rest(): void {
    this.connection?.stream.pause();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.batches.length === 0) this.connection?.stream.resume();
    }, restMilliseconds);
  }

  /** TLS gives a record at a time, of sixteen kilobytes at most, however many there are. */
  private get isEncrypted(): boolean {
    return this.connection?.stream instanceof TLSSocket;
  }

  /** @returns behind what was taken */
  private takePart(data: Buffer, position: number): number {
    if (this.missing === 0) return this.takeHeader(data, position);
    const end = Math.min(data.length, position + this.missing);
    if (this.header[0] === copyData) this.filled += data.copy(this.batch, this.filled, position, end);
    this.missing -= end - position;
    if (this.missing === 0) this.headerFilled = 0;
    return end;
  }

  private takeHeader(data: Buffer, position: number): number {
    const copied = data.copy(this.header, this.headerFilled, position, position + headerBytes - this.headerFilled);
    this.headerFilled += copied;
    const end = position + copied;
    if (this.headerFilled < headerBytes) return end;
    const length = this.header.readUInt32BE(1) - lengthBytes;
    const code = this.header[0];
    if (code === copyDone) {
      this.finish(data.subarray(end));
      return data.length;
    }
    if (code === errorResponse) {
      this.handBack(Buffer.concat([this.header, data.subarray(end)]));
      return data.length;
    }
    if (code === copyData) this.reserve(length);
    this.missing = length;
    if (length === 0) this.headerFilled = 0;
    return end;
  }

  /** Makes room for a message, in a batch of its own where the one at hand ends with a line. */
  private reserve(length: number): void {
    if (this.filled + length <= this.batch.length) return;
    if (this.filled > 0 && this.batch[this.filled - 1] === newline) {
      this.batches.push(this.batch.subarray(0, this.filled));
      this.filled = 0;
      this.batch = this.buffers.take(length);
      return;
    }
    const longer = this.buffers.take(Math.max(2 * this.batch.length, this.filled + length));
    this.batch.copy(longer, 0, 0, this.filled);
    this.buffers.giveBack(this.batch);
    this.batch = longer;
  }

  private finish(rest: Buffer): void {
    this.state = "done";
    if (this.filled > 0) this.batches.push(this.batch.subarray(0, this.filled));
    else this.buffers.giveBack(this.batch);
    this.handBack(rest);
  }

  /** What else the server sends is pg's again. */
  private handBack(rest: Buffer): void {
    const { connection, listener } = this;
    if (connection === null || listener === null) return;
    this.connection = null;
    connection.stream.removeListener("data", this.take);
    connection.stream.on("data", listener);
    listener(rest);
    connection.stream.resume();
  }
}

function isListener(value: unknown): value is DataListener {
  return typeof value === "function";
}
