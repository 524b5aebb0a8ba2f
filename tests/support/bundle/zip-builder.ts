import { crc32, deflateRawSync } from "node:zlib";

/** Any member may lie: what is not given follows from the content. */
export interface EntrySpec {
  name: string | Buffer;
  content: Buffer;
  method?: number;
  flags?: number;
  /** What stands between local header and descriptor, as the method packs the content. */
  packed?: Buffer;
  crc32?: number;
  size?: number;
  compressedSize?: number;
  localExtra?: Buffer;
  centralExtra?: Buffer;
  comment?: Buffer;
  externalAttributes?: number;
  disk?: number;
  /** Local header's own lies. */
  local?: Partial<{
    signature: number;
    name: string | Buffer;
    method: number;
    flags: number;
    crc32: number;
    size: number;
    compressedSize: number;
  }>;
  /** Flag 3 is set where it is given; `true` for the usual one. */
  descriptor?: true | Buffer;
  /** Between this entry's last record and the next entry. */
  gapAfter?: Buffer;
  /** Stands in the central directory instead of the true one. */
  offset?: number;
  /** Neither header nor data: only a record in the central directory. */
  onlyCentral?: true;
  /** Header and data, but no record in the central directory. */
  onlyLocal?: true;
}

export interface ArchiveSpec {
  entries: EntrySpec[];
  prefix?: Buffer;
  /** Instead of the concatenated records. */
  centralSignature?: number;
  /** Between central directory and end records. */
  gapBeforeEnd?: Buffer;
  zip64?:
    | true
    | Partial<{
        signature: number;
        recordSize: number;
        entries: number;
        offset: number;
        locatorSignature: number;
        locatorOffset: number;
        disks: number;
      }>;
  end?: Partial<{
    disk: number;
    directoryDisk: number;
    entriesOnDisk: number;
    entries: number;
    size: number;
    offset: number;
    comment: Buffer;
    commentLength: number;
  }>;
  suffix?: Buffer;
}

/** Writes ZIP archives as APPNOTE has them, or as wrong as a test wants; shares nothing with the library's writer. */
export function buildZip(spec: ArchiveSpec): Buffer {
  const parts: Buffer[] = [spec.prefix ?? Buffer.alloc(0)];
  const central: Buffer[] = [];
  const lengthOf = (some: readonly Buffer[]) => some.reduce((sum, part) => sum + part.length, 0);
  let length = lengthOf(parts);
  for (const entry of spec.entries) {
    const offset = length;
    const local = entry.onlyCentral === true ? [] : localPart(entry);
    parts.push(...local);
    length += lengthOf(local);
    if (entry.onlyLocal !== true) central.push(centralRecord(entry, entry.offset ?? offset, spec.centralSignature));
  }
  const directory = Buffer.concat(central);
  const offset = length;
  parts.push(directory, spec.gapBeforeEnd ?? Buffer.alloc(0));
  const truth = { entries: central.length, size: directory.length, offset };
  if (spec.zip64 !== undefined) parts.push(zip64End(truth, spec.zip64 === true ? {} : spec.zip64, lengthOf(parts)));
  parts.push(endRecord(truth, spec));
  parts.push(spec.suffix ?? Buffer.alloc(0));
  return Buffer.concat(parts);
}

export function extraField(id: number, data: Buffer): Buffer {
  return Buffer.concat([numbers([id, 2], [data.length, 2]), data]);
}

function resolve(entry: EntrySpec) {
  const method = entry.method ?? 8;
  const packed = entry.packed ?? (method === 8 ? deflateRawSync(entry.content) : entry.content);
  return {
    method,
    packed,
    flags: (entry.flags ?? 0) | (entry.descriptor === undefined ? 0 : 8),
    crc32: entry.crc32 ?? crc32(entry.content),
    size: entry.size ?? entry.content.length,
    compressedSize: entry.compressedSize ?? packed.length,
  };
}

function localPart(entry: EntrySpec): Buffer[] {
  const truth = resolve(entry);
  const lies = entry.local ?? {};
  const name = Buffer.from(lies.name ?? entry.name);
  const extra = entry.localExtra ?? Buffer.alloc(0);
  const late = entry.descriptor !== undefined;
  const header = numbers(
    [lies.signature ?? 0x04034b50, 4],
    [20, 2],
    [lies.flags ?? truth.flags, 2],
    [lies.method ?? truth.method, 2],
    [0, 2],
    [33, 2],
    [lies.crc32 ?? (late ? 0 : truth.crc32), 4],
    [lies.compressedSize ?? (late ? 0 : truth.compressedSize), 4],
    [lies.size ?? (late ? 0 : truth.size), 4],
    [name.length, 2],
    [extra.length, 2],
  );
  const descriptor =
    entry.descriptor === true
      ? numbers([0x08074b50, 4], [truth.crc32, 4], [truth.compressedSize, 4], [truth.size, 4])
      : (entry.descriptor ?? Buffer.alloc(0));
  return [header, name, extra, truth.packed, descriptor, entry.gapAfter ?? Buffer.alloc(0)];
}

function centralRecord(entry: EntrySpec, offset: number, signature = 0x02014b50): Buffer {
  const truth = resolve(entry);
  const name = Buffer.from(entry.name);
  const extra = entry.centralExtra ?? Buffer.alloc(0);
  const comment = entry.comment ?? Buffer.alloc(0);
  const header = numbers(
    [signature, 4],
    [0x0314, 2],
    [20, 2],
    [truth.flags, 2],
    [truth.method, 2],
    [0, 2],
    [33, 2],
    [truth.crc32, 4],
    [truth.compressedSize, 4],
    [truth.size, 4],
    [name.length, 2],
    [extra.length, 2],
    [comment.length, 2],
    [entry.disk ?? 0, 2],
    [0, 2],
    [entry.externalAttributes ?? 0, 4],
    [offset, 4],
  );
  return Buffer.concat([header, name, extra, comment]);
}

interface Truth {
  entries: number;
  size: number;
  offset: number;
}

function zip64End(truth: Truth, lies: Exclude<ArchiveSpec["zip64"], true | undefined>, position: number): Buffer {
  return numbers(
    [lies.signature ?? 0x06064b50, 4],
    [lies.recordSize ?? 44, 8],
    [45, 2],
    [45, 2],
    [0, 4],
    [0, 4],
    [lies.entries ?? truth.entries, 8],
    [lies.entries ?? truth.entries, 8],
    [truth.size, 8],
    [lies.offset ?? truth.offset, 8],
    [lies.locatorSignature ?? 0x07064b50, 4],
    [0, 4],
    [lies.locatorOffset ?? position, 8],
    [lies.disks ?? 1, 4],
  );
}

function endRecord(truth: Truth, spec: ArchiveSpec): Buffer {
  const lies = spec.end ?? {};
  const wide = spec.zip64 !== undefined;
  const comment = lies.comment ?? Buffer.alloc(0);
  const entries = lies.entries ?? (wide ? 0xffff : truth.entries);
  const fixed = numbers(
    [0x06054b50, 4],
    [lies.disk ?? 0, 2],
    [lies.directoryDisk ?? 0, 2],
    [lies.entriesOnDisk ?? entries, 2],
    [entries, 2],
    [lies.size ?? (wide ? 0xffffffff : truth.size), 4],
    [lies.offset ?? (wide ? 0xffffffff : truth.offset), 4],
    [lies.commentLength ?? comment.length, 2],
  );
  return Buffer.concat([fixed, comment]);
}

/** Little-endian numbers, each with its width in bytes. */
export function numbers(...fields: [value: number, width: 2 | 4 | 8][]): Buffer {
  return Buffer.concat(
    fields.map(([value, width]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(value));
      return bytes.subarray(0, width);
    }),
  );
}
