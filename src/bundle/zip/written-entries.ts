import { RecordList } from "@/memory/lists/record-list";

import { encodeCentralRecord } from "./central-record";
import type { DosTime } from "./dos-time";

/** An entry as it was written, its name aside. */
export interface WrittenRecord {
  flags: number;
  method: number;
  crc32: number;
  compressedSize: number;
  size: number;
  offset: number;
}

/** Where an entry's numbers stand in its record; those of eight bytes as doubles, which hold any that a file can have. */
const place = { compressedSize: 0, size: 8, offset: 16, crc32: 24, flags: 28, method: 30 } as const;
const recordBytes = 32;

/** The entries of an archive that is being written, packed until its central directory is. */
export class WrittenEntries {
  private readonly records = new RecordList(recordBytes);

  get length(): number {
    return this.records.length;
  }

  add(entry: WrittenRecord): void {
    const number = this.records.append();
    const page = this.records.pageOf(number);
    const start = this.records.startOf(number);
    page.writeDoubleLE(entry.compressedSize, start + place.compressedSize);
    page.writeDoubleLE(entry.size, start + place.size);
    page.writeDoubleLE(entry.offset, start + place.offset);
    page.writeUInt32LE(entry.crc32, start + place.crc32);
    page.writeUInt16LE(entry.flags, start + place.flags);
    page.writeUInt16LE(entry.method, start + place.method);
  }

  sizeOf(number: number): number {
    return this.records.pageOf(number).readDoubleLE(this.records.startOf(number) + place.size);
  }

  /** @param names of all entries, in the order in which they were added */
  *centralRecords(names: Iterable<string>, modified: DosTime): Generator<Buffer> {
    let number = 0;
    for (const name of names) yield encodeCentralRecord({ ...this.at(number++), modified }, Buffer.from(name));
    if (number !== this.length) throw new RangeError(`${number} names were given for ${this.length} entries`);
  }

  private at(number: number): WrittenRecord {
    const page = this.records.pageOf(number);
    const start = this.records.startOf(number);
    return {
      flags: page.readUInt16LE(start + place.flags),
      method: page.readUInt16LE(start + place.method),
      crc32: page.readUInt32LE(start + place.crc32),
      compressedSize: page.readDoubleLE(start + place.compressedSize),
      size: page.readDoubleLE(start + place.size),
      offset: page.readDoubleLE(start + place.offset),
    };
  }
}
