import { hash } from "node:crypto";

import { RecordList } from "@/memory/lists/record-list";
import { TextIndex } from "@/memory/lists/text-index";

import { checksumsName, classifyEntryName, fileIdOf, manifestName } from "./entry-names";
import { BundleError } from "./errors";
import type { FileReference } from "./manifest";
import { paced } from "./paced";
import { refusal } from "./zip/entry";
import type { EntryList } from "./zip/entry-list";
import type { EntryNames } from "./zip/entry-names";

const hashBytes = 32;
/** What was stated of an entry, as bits. */
const stated = { reference: 1, checksum: 2 } as const;
/** Of a key's SHA-256: no two keys come to the same by chance, and whoever finds two that do can refuse himself a bundle. */
const keyHashBytes = 16;

/**
 * What manifest.json and checksums.json state of the archive's entries, packed. Each statement is held against the archive
 * and the others as it comes, so that nothing is held twice; what does not agree is told in its turn. Needed until the
 * archive is verified.
 */
export class Statements {
  /** SHA-256 by the entry's number, where one was stated. */
  private readonly hashes: Buffer;
  private readonly stated: Uint8Array;
  /** Of the manifest's references, in its order: their keys would take five times as much. */
  private readonly keyHashes = new RecordList(keyHashBytes);
  private readonly keys = new TextIndex((index) => this.keyHashOf(index));
  private readonly faults: { reference: BundleError | null; checksum: BundleError | null } = { reference: null, checksum: null };

  constructor(
    private readonly entries: EntryList,
    private readonly names: EntryNames,
  ) {
    this.hashes = Buffer.alloc(entries.length * hashBytes);
    this.stated = new Uint8Array(entries.length);
  }

  /** How many the manifest refers to. */
  get references(): number {
    return this.keyHashes.length;
  }

  /** One of the manifest's. */
  addReference(reference: FileReference): void {
    if (this.faults.reference !== null) return;
    const number = this.names.find(reference.entry);
    const refuse = (how: string) => void (this.faults.reference = differs(reference.id, reference.entry, how));
    if (number === undefined) return refuse(namesOther);
    const how = this.disagreement(number, reference);
    if (how !== null) return refuse(how);
    if (!this.addKey(reference.key)) return refuse("has the key of another file");
    this.hashes.write(reference.sha256, number * hashBytes, "hex");
    this.state(number, stated.reference);
  }

  /** Of names that no entry has nothing is noted: a list with one of them is refused in any case. */
  hasChecksum(name: string): boolean {
    const number = this.names.find(name);
    return number !== undefined && this.isStated(number, stated.checksum);
  }

  /** One of checksums.json's. @param sha256 lower-case hex */
  addChecksum(name: string, sha256: string): void {
    const number = this.names.find(name);
    if (number === undefined || !needsChecksum(name)) {
      this.faults.checksum ??= refusal(name)("checksums_differ", `is listed in ${checksumsName} and is not in the archive`);
      return;
    }
    const bytes = Buffer.from(sha256, "hex");
    if (this.isStated(number, stated.reference) && !bytes.equals(this.sha256Of(number))) {
      this.faults.reference ??= differs(fileIdOf(name), name, `states another SHA-256 than ${checksumsName}`);
    }
    bytes.copy(this.sha256Of(number));
    this.state(number, stated.checksum);
  }

  /** When all was added. @throws BundleError `checksums_differ` */
  checkChecksumOf(number: number): void {
    if (this.isStated(number, stated.checksum)) return;
    const name = this.entries.nameOf(number);
    if (needsChecksum(name)) throw refusal(name)("checksums_differ", `is not listed in ${checksumsName}`);
  }

  /** @throws BundleError `checksums_differ` */
  checkChecksums(): void {
    if (this.faults.checksum !== null) throw this.faults.checksum;
  }

  /** @throws BundleError `file_reference_differs` */
  checkReferences(): void {
    if (this.faults.reference !== null) throw this.faults.reference;
  }

  /** When all was added. @throws BundleError `file_reference_differs` */
  checkReferenceTo(number: number): void {
    if (this.isStated(number, stated.reference)) return;
    const name = this.entries.nameOf(number);
    if (fileIdOf(name) === "") return;
    throw refusal(name)("file_reference_differs", `is an object that ${manifestName} does not refer to`);
  }

  /** 32 bytes. */
  sha256Of(number: number): Buffer {
    return this.hashes.subarray(number * hashBytes, (number + 1) * hashBytes);
  }

  /** Names of the entries with a checksum, and that in lower-case hex, in the order of the names. */
  async *checksums(): AsyncGenerator<[name: string, sha256: string]> {
    for await (const number of paced(await this.entries.numbersByName())) {
      if (this.isStated(number, stated.checksum)) yield [this.entries.nameOf(number), this.sha256Of(number).toString("hex")];
    }
  }

  /** @returns whether no reference had it before */
  private addKey(key: string): boolean {
    const keyHash = hash("sha256", key, "buffer").subarray(0, keyHashBytes);
    if (this.keys.add(keyHash.toString("hex"), this.keyHashes.length) !== undefined) return false;
    const index = this.keyHashes.append();
    keyHash.copy(this.keyHashes.pageOf(index), this.keyHashes.startOf(index));
    return true;
  }

  private keyHashOf(index: number): string {
    const start = this.keyHashes.startOf(index);
    return this.keyHashes.pageOf(index).toString("hex", start, start + keyHashBytes);
  }

  private disagreement(number: number, { id, size }: FileReference): string | null {
    const entry = this.entries.at(number);
    if (fileIdOf(entry.name) !== id) return namesOther;
    if (this.isStated(number, stated.reference)) return "is there twice";
    return entry.size === size ? null : `states ${size} bytes, not ${entry.size}`;
  }

  private isStated(number: number, what: number): boolean {
    return ((this.stated[number] ?? 0) & what) !== 0;
  }

  private state(number: number, what: number): void {
    this.stated[number] = (this.stated[number] ?? 0) | what;
  }
}

const namesOther = "names an entry that is not its object in the archive";

function needsChecksum(name: string): boolean {
  return name !== checksumsName && classifyEntryName(name)?.kind !== "directory";
}

function differs(fileId: string, entry: string, how: string): BundleError {
  return new BundleError("file_reference_differs", `${manifestName}: the reference of file ${fileId} ${how}.`, { entry });
}
