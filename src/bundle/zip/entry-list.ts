import { RecordList } from "@/memory/lists/record-list";
import { TextList } from "@/memory/lists/text-list";

import { sortPaced } from "../paced";
import type { Entry } from "./entry";

/** Where an entry's numbers stand in its record; those of eight bytes as doubles, which hold any that a file can have. */
const place = { compressedSize: 0, size: 8, offset: 16, end: 24, crc32: 32, externalAttributes: 36, flags: 40, method: 42 } as const;
const recordBytes = 44;

/** An archive's entries, packed, since there may be tens of thousands. */
export class EntryList implements Iterable<Entry> {
  private readonly records = new RecordList(recordBytes);
  private readonly names = new TextList();
  /** Where the last one ends. */
  end = 0;
  /** Numbers of the entries in the order of their data; null where that is their own. */
  private order: Uint32Array | null = null;

  get length(): number {
    return this.records.length;
  }

  add(entry: Omit<Entry, "number" | "end">): number {
    const number = this.records.append();
    const page = this.records.pageOf(number);
    const start = this.records.startOf(number);
    page.writeDoubleLE(entry.compressedSize, start + place.compressedSize);
    page.writeDoubleLE(entry.size, start + place.size);
    page.writeDoubleLE(entry.offset, start + place.offset);
    page.writeUInt32LE(entry.crc32, start + place.crc32);
    page.writeUInt32LE(entry.externalAttributes, start + place.externalAttributes);
    page.writeUInt16LE(entry.flags, start + place.flags);
    page.writeUInt16LE(entry.method, start + place.method);
    return this.names.push(entry.name);
  }

  at(number: number): Entry {
    const page = this.records.pageOf(number);
    const start = this.records.startOf(number);
    return {
      number,
      name: this.names.at(number),
      flags: page.readUInt16LE(start + place.flags),
      method: page.readUInt16LE(start + place.method),
      crc32: page.readUInt32LE(start + place.crc32),
      compressedSize: page.readDoubleLE(start + place.compressedSize),
      size: page.readDoubleLE(start + place.size),
      externalAttributes: page.readUInt32LE(start + place.externalAttributes),
      offset: page.readDoubleLE(start + place.offset),
      end: page.readDoubleLE(start + place.end),
    };
  }

  nameOf(number: number): string {
    return this.names.at(number);
  }

  /** In the order of their data. */
  *[Symbol.iterator](): Generator<Entry> {
    for (const number of this.numbers()) yield this.at(number);
  }

  /** Numbers, in the order of the entries' data. */
  *numbers(): Generator<number> {
    for (let position = 0; position < this.length; position++) yield this.order?.[position] ?? position;
  }

  /** Numbers, in the order of the entries' names. */
  async numbersByName(): Promise<Uint32Array> {
    const numbers = Uint32Array.from(this.numbers());
    await sortPaced(numbers, (one, other) => this.names.compare(one, other));
    return numbers;
  }

  /** Bytes of an entry's name and of its data as they stand in the archive, and of the room that it has there. */
  extentOf(number: number): { bytes: number; room: number } {
    const page = this.records.pageOf(number);
    const start = this.records.startOf(number);
    return {
      bytes: this.names.bytesOf(number) + page.readDoubleLE(start + place.compressedSize),
      room: page.readDoubleLE(start + place.end) - page.readDoubleLE(start + place.offset),
    };
  }

  /**
   * Puts the entries in the order of their data, each of which ends where the next begins.
   *
   * @param end of the last one
   */
  async arrange(end: number): Promise<void> {
    const offsets = new Float64Array(this.length);
    for (let number = 0; number < this.length; number++) {
      offsets[number] = this.records.pageOf(number).readDoubleLE(this.records.startOf(number) + place.offset);
    }
    this.end = end;
    if (!isAscending(offsets)) this.order = await orderOf(offsets);
    for (let position = 0; position < this.length; position++) {
      const next = position + 1;
      const nextOffset = next === this.length ? end : offsets[this.order?.[next] ?? next];
      const number = this.order?.[position] ?? position;
      this.records.pageOf(number).writeDoubleLE(nextOffset ?? end, this.records.startOf(number) + place.end);
    }
  }
}

function isAscending(numbers: Float64Array): boolean {
  return numbers.every((number, index) => index === 0 || (numbers[index - 1] ?? 0) <= number);
}

async function orderOf(offsets: Float64Array): Promise<Uint32Array> {
  const order = Uint32Array.from(offsets.keys());
  await sortPaced(order, (one, other) => (offsets[one] ?? 0) - (offsets[other] ?? 0));
  return order;
}
