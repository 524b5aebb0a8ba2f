import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { centralRecordSize, encodeCentralRecord, parseCentralRecord } from "./central-record";
import { encodeDataDescriptor, parseDataDescriptor } from "./data-descriptor";
import { toDosTime } from "./dos-time";
import {
  encodeEnd,
  endRecordSize,
  parseEndRecord,
  parseZip64EndRecord,
  parseZip64Locator,
  zip64EndRecordSize,
  zip64LocatorSize,
} from "./end-records";
import { readExtraFields } from "./extra-fields";
import { encodeLocalHeader, parseLocalHeader } from "./local-header";
import { applyZip64Extra } from "./zip64-extra";

const short = fc.integer({ min: 0, max: 0xffff });
const long = fc.integer({ min: 0, max: 0xffffffff });
/** Around what four bytes hold, and up to what a number holds. */
const wide = fc.oneof(long, fc.integer({ min: 0xfffffffe, max: 0x100000001 }), fc.maxSafeNat());
const modified = fc.record({ time: short, date: short });
const name = Buffer.from("data/assets.json");

describe("each record reads back what it was written from", () => {
  it("local header", () => {
    const fields = fc.record({ versionNeeded: short, flags: short, method: short, modified, crc32: long, compressedSize: long, size: long });
    fc.assert(
      fc.property(fields, (header) => {
        const parsed = parseLocalHeader(encodeLocalHeader(header, name));
        expect(parsed).toEqual({ ...header, nameLength: name.length, extraLength: 0 });
      }),
    );
  });

  it("data descriptor, as wide as its sizes call for", () => {
    fc.assert(
      fc.property(fc.record({ crc32: long, compressedSize: wide, size: wide }), (descriptor) => {
        const bytes = encodeDataDescriptor(descriptor);
        expect(bytes.length).toBe(Math.max(descriptor.size, descriptor.compressedSize) >= 0xffffffff ? 24 : 16);
        expect(parseDataDescriptor(bytes)).toEqual(descriptor);
        expect(parseDataDescriptor(bytes.subarray(4))).toEqual(descriptor);
      }),
    );
  });

  it("central record, with ZIP64's fields where four bytes are too few", () => {
    const fields = fc.record({ flags: short, method: short, modified, crc32: long, compressedSize: wide, size: wide, offset: wide });
    fc.assert(
      fc.property(fields, (record) => {
        const bytes = encodeCentralRecord(record, name);
        const parsed = parseCentralRecord(bytes);
        expect(parsed).toMatchObject({ flags: record.flags, method: record.method, crc32: record.crc32, disk: 0 });
        expect(bytes.readUInt16LE(6)).toBe(parsed?.extraLength === 0 ? 20 : 45);
        const extra = readExtraFields(bytes.subarray(centralRecordSize + name.length), name, "data/assets.json");
        const { size = 0, compressedSize = 0, offset = 0 } = parsed ?? {};
        expect(applyZip64Extra([size, compressedSize, offset], extra)).toEqual([record.size, record.compressedSize, record.offset]);
      }),
    );
  });

  it("end records, ZIP64's only where they are needed", () => {
    const entries = fc.oneof(short, fc.integer({ min: 0xfffe, max: 0x10001 }), fc.nat());
    const half = wide.map((value) => Math.floor(value / 2));
    fc.assert(
      fc.property(fc.record({ entries, size: half, offset: fc.oneof(half, long) }), (place) => {
        const bytes = encodeEnd(place);
        const end = parseEndRecord(bytes.subarray(-endRecordSize));
        if (bytes.length === endRecordSize) {
          expect(end).toMatchObject(place);
          expect(Math.max(place.size, place.offset)).toBeLessThan(0xffffffff);
          expect(place.entries).toBeLessThan(0xffff);
          return;
        }
        expect(bytes.length).toBe(zip64EndRecordSize + zip64LocatorSize + endRecordSize);
        expect(parseZip64EndRecord(bytes)).toMatchObject({ ...place, entriesOnDisk: place.entries });
        expect(parseZip64Locator(bytes.subarray(zip64EndRecordSize))?.endRecordOffset).toBe(place.size + place.offset);
      }),
    );
  });
});

describe("a time", () => {
  it.each([
    ["1970-01-01T00:00:00Z", "1980-01-01 00:00:00"],
    ["1980-01-01T00:00:01Z", "1980-01-01 00:00:00"],
    ["2026-11-23T13:59:59.999Z", "2026-11-23 13:59:58"],
    ["2107-12-31T23:59:59Z", "2107-12-31 23:59:58"],
    ["2200-06-01T00:00:00Z", "2107-12-31 23:59:58"],
  ])("%s is written as %s", (moment, expected) => {
    const { time, date } = toDosTime(new Date(moment));
    const parts = [(date >> 9) + 1980, (date >> 5) & 15, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2];
    const [year, month, day, hours, minutes, seconds] = parts.map((part) => String(part).padStart(2, "0"));
    expect(`${year}-${month}-${day} ${hours}:${minutes}:${seconds}`).toBe(expected);
  });
});
