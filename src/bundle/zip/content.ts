import { crc32 } from "node:zlib";
import { flag, method } from "./constants";
import { longestDescriptor, parseDataDescriptor } from "./data-descriptor";
import { refusal, type Entry } from "./entry";
import { readExtraFields } from "./extra-fields";
import type { FileWindow } from "./file-window";
import { inflate, InflateError } from "./inflate";
import { localHeaderSize, parseLocalHeader } from "./local-header";
import { applyZip64Extra } from "./zip64-extra";

/**
 * An entry's content, inflated. The window stands at the entry's local header, and at its end
 * once all was read. Chunks are valid as long as the window's are.
 *
 * @throws BundleError where local header, data or data descriptor are not just what the central
 * directory says; never yields more than the size that it says
 */
export async function* readContent(window: FileWindow, entry: Entry): AsyncGenerator<Buffer> {
  await readLocalHeader(window, entry);
  const refuse = refusal(entry.name);
  const room = entry.end - window.position - entry.compressedSize;
  if (room < 0) throw refuse("entries_overlap", "runs into the next entry or the central directory");

  const packed = window.chunks(entry.compressedSize);
  let size = 0;
  let crc = 0;
  try {
    for await (const chunk of entry.method === method.stored ? packed : inflate(packed, entry.compressedSize, { size: entry.size, kept: !window.reuses })) {
      size += chunk.length;
      if (size > entry.size) throw refuse("size_differs", `has more than the ${entry.size} bytes that it claims`);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof InflateError) throw refuse("deflate_invalid", `cannot be inflated: ${error.message}`, error);
    throw error;
  }
  if (size !== entry.size) throw refuse("size_differs", `has ${size} bytes and claims ${entry.size}`);
  if (crc !== entry.crc32) throw refuse("crc_differs", "is damaged: its CRC-32 is another one");
  await readDescriptor(window, entry, room);
}

async function readLocalHeader(window: FileWindow, entry: Entry): Promise<void> {
  const refuse = refusal(entry.name);
  const header = parseLocalHeader(await window.take(localHeaderSize));
  if (header === null) throw refuse("header_invalid", "has no local header where it should begin");
  if (header.nameLength + header.extraLength > entry.end - window.position) {
    throw refuse("entries_overlap", "runs into the next entry or the central directory");
  }
  const variable = await window.take(header.nameLength + header.extraLength);
  const nameBytes = variable.subarray(0, header.nameLength);
  const differs = (what: string) =>
    refuse("header_differs", `has another ${what} in its local header than in the central directory`);
  if (!nameBytes.equals(Buffer.from(entry.name))) throw differs("name");
  if (header.method !== entry.method) throw differs("method");
  if (header.flags !== entry.flags) throw differs("set of flags");

  const zip64 = readExtraFields(variable.subarray(header.nameLength), nameBytes, entry.name);
  const [size, compressedSize] = applyZip64Extra([header.size, header.compressedSize], zip64) ?? [];
  if (size === undefined || compressedSize === undefined) {
    throw refuse("extra_field_invalid", "has a ZIP64 field that does not fit its local header");
  }
  const agree = (found: number, expected: number) =>
    found === expected || ((entry.flags & flag.descriptor) !== 0 && found === 0);
  if (!agree(size, entry.size)) throw differs("size");
  if (!agree(compressedSize, entry.compressedSize)) throw differs("packed size");
  if (!agree(header.crc32, entry.crc32)) throw differs("CRC-32");
}

async function readDescriptor(window: FileWindow, entry: Entry, length: number): Promise<void> {
  const refuse = refusal(entry.name);
  if ((entry.flags & flag.descriptor) === 0) {
    if (length > 0) throw refuse("gap", "is followed by bytes that belong to no record");
    return;
  }
  if (length > longestDescriptor) throw refuse("gap", "is followed by bytes that belong to no record");
  const descriptor = parseDataDescriptor(await window.take(length));
  const agrees =
    descriptor?.crc32 === entry.crc32 &&
    descriptor.size === entry.size &&
    descriptor.compressedSize === entry.compressedSize;
  if (!agrees) throw refuse("descriptor_differs", "has no data descriptor that agrees with the central directory");
}
