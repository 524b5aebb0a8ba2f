import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { inBlocks } from "./blocks";
import { looksCompressed } from "./compressibility";
import { flag, method, version } from "./constants";
import { encodeDataDescriptor } from "./data-descriptor";
import { deflateStream, deflateWhole } from "./deflate";
import { toDosTime } from "./dos-time";
import { encodeEnd } from "./end-records";
import { encodeLocalHeader } from "./local-header";
import { Output, type BundleSink } from "./output";
import { WrittenEntries, type WrittenRecord } from "./written-entries";

/** Bytes that tell whether a content is compressed already. Objects come in pieces of any size; what is stored must not depend on it. */
const blockSize = 512 * 1024;
/** A smaller gain is not worth the reader's time. */
const leastGain = 0.05;
/** Less than this fits beside the entry's own records, whatever it deflates to. */
const leastDeflated = 128;

export interface WrittenEntry {
  /** Bytes before deflating. */
  size: number;
  /** Lower-case hex. */
  sha256: string;
}

/** Writes an archive to a sink that cannot seek, at constant memory but for 32 bytes an entry. */
export class ZipWriter {
  private readonly modified;
  private readonly written = new WrittenEntries();
  private readonly output: Output;

  constructor(sink: BundleSink, modifiedAt: Date, signal: AbortSignal | undefined) {
    this.modified = toDosTime(modifiedAt);
    this.output = new Output(sink, signal);
  }

  get bytesWritten(): number {
    return this.output.length;
  }

  get entries(): number {
    return this.written.length;
  }

  /** Bytes before deflating, of the entry that was written as the how-manieth, from 0. */
  sizeOf(number: number): number {
    return this.written.sizeOf(number);
  }

  /** For content of unknown length: its sizes follow it in a data descriptor. */
  async addStream(
    name: string,
    content: AsyncGenerator<Buffer>,
    packing: "deflate" | "by content",
  ): Promise<WrittenEntry> {
    const blocks = packing === "by content" ? inBlocks(content, blockSize) : content;
    try {
      return await this.addBlocks(name, blocks, packing);
    } finally {
      await blocks.return(undefined);
    }
  }

  private async addBlocks(
    name: string,
    blocks: AsyncGenerator<Buffer>,
    packing: "deflate" | "by content",
  ): Promise<WrittenEntry> {
    const first = await blocks.next();
    const stored = packing === "by content" && first.done !== true && looksCompressed(first.value);
    const record = this.newRecord(name, stored ? method.stored : method.deflated, flag.descriptor);
    await this.output.write(this.localHeader(record, name));

    const hash = createHash("sha256");
    async function* measured(): AsyncGenerator<Buffer> {
      for (let next = first; next.done !== true; next = await blocks.next()) {
        hash.update(next.value);
        record.crc32 = crc32(next.value, record.crc32);
        record.size += next.value.length;
        yield next.value;
      }
    }
    for await (const chunk of stored ? measured() : deflateStream(measured())) {
      record.compressedSize += chunk.length;
      await this.output.write(chunk);
    }
    await this.output.write(encodeDataDescriptor(record));
    this.written.add(record);
    return { size: record.size, sha256: hash.digest("hex") };
  }

  /**
   * For content that was deflated already.
   *
   * @param measure tells what the content is, once all of it was given
   */
  async addDeflated<Content extends { size: number; crc32: number }>(name: string, packed: AsyncIterable<Buffer>, measure: () => Content): Promise<Content> {
    const record = this.newRecord(name, method.deflated, flag.descriptor);
    await this.output.write(this.localHeader(record, name));
    for await (const chunk of packed) {
      record.compressedSize += chunk.length;
      await this.output.write(chunk);
    }
    const content = measure();
    record.size = content.size;
    record.crc32 = content.crc32;
    await this.output.write(encodeDataDescriptor(record));
    this.written.add(record);
    return content;
  }

  /**
   * For content in memory: its sizes stand in the local header.
   *
   * @param checksum CRC-32 of the content
   * @returns whether the sink has the content; otherwise it will not be looked at again
   */
  async addBuffer(name: string, content: Buffer, checksum: number): Promise<boolean> {
    const worthTrying = content.length >= leastDeflated && !looksCompressed(content);
    const deflated = worthTrying ? await deflateWhole(content) : content;
    const stored = deflated.length >= content.length * (1 - leastGain);
    const data = stored ? content : deflated;
    const record = this.newRecord(name, stored ? method.stored : method.deflated, 0);
    record.crc32 = checksum;
    record.compressedSize = data.length;
    record.size = content.length;
    await this.output.write(this.localHeader(record, name));
    const isTaken = data.length > 0 && (await this.output.write(data));
    this.written.add(record);
    return isTaken && stored;
  }

  /**
   * Central directory and end record.
   *
   * @param names of all entries, in the order in which they were written, once more
   */
  async finish(names: Iterable<string>): Promise<{ sha256: string; size: number }> {
    const offset = this.output.length;
    for (const record of this.written.centralRecords(names, this.modified)) await this.output.write(record);
    const size = this.output.length - offset;
    await this.output.write(encodeEnd({ entries: this.entries, size, offset }));
    return { sha256: await this.output.end(), size: this.output.length };
  }

  private newRecord(name: string, entryMethod: number, flags: number): WrittenRecord {
    const isAscii = /^[\x20-\x7e]*$/.test(name);
    return {
      flags: isAscii ? flags : flags | flag.utf8,
      method: entryMethod,
      crc32: 0,
      compressedSize: 0,
      size: 0,
      offset: this.output.length,
    };
  }

  private localHeader(record: WrittenRecord, name: string): Buffer {
    return encodeLocalHeader({ ...record, versionNeeded: version.basic, modified: this.modified }, Buffer.from(name));
  }
}
