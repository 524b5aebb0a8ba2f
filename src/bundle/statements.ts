import { RecordList } from "@/memory/lists/record-list";
import { TextIndex } from "@/memory/lists/text-index";
import { TextList } from "@/memory/lists/text-list";

import { checksumsName, classifyEntryName, fileIdOf, manifestName } from "./entry-names";
import { BundleError } from "./errors";
import type { FileReference } from "./manifest";
import { refusal } from "./zip/entry";
import type { EntryList } from "./zip/entry-list";
import type { EntryNames } from "./zip/entry-names";

const hashBytes = 32;
/** What was stated of an entry, as bits. */
const stated = { reference: 1, checksum: 2 } as const;
const numberBytes = 4;

/**
 * What manifest.json and checksums.json state of the archive's entries, packed. Each statement is held against the archive
 * and the others as it comes, so that nothing is held twice; what does not agree is told in its turn.
 */
export class Statements {
  /** SHA-256 by the entry's number, where one was stated. */
  private readonly hashes: Buffer;
  private readonly stated: Uint8Array;
  /** Numbers of the entries that the manifest refers to, in its order. */
  private readonly referenced = new RecordList(numberBytes);
  /** In the same order. */
  private readonly keys = new TextList();
  private readonly keyIndex = new TextIndex((index) => this.keys.at(index));
  private readonly faults: { reference: BundleError | null; checksum: BundleError | null } = { reference: null, checksum: null };

  constructor(
    private readonly entries: EntryList,
    private readonly names: EntryNames,
  ) {
    this.hashes = Buffer.alloc(entries.length * hashBytes);
    this.stated = new Uint8Array(entries.length);
  }

  get files(): number {
    return this.referenced.length;
  }

  /** One of the manifest's. */
  addReference(reference: FileReference): void {
    if (this.faults.reference !== null) return;
    const number = this.names.find(reference.entry);
    const refuse = (how: string) => void (this.faults.reference = differs(reference.id, reference.entry, how));
    if (number === undefined) return refuse(namesOther);
    const how = this.disagreement(number, reference);
    if (how !== null) return refuse(how);
    if (this.keyIndex.add(reference.key, this.keys.length) !== undefined) return refuse("has the key of another file");
    this.hashes.write(reference.sha256, number * hashBytes, "hex");
    this.state(number, stated.reference);
    const index = this.referenced.append();
    this.referenced.pageOf(index).writeUInt32LE(number, this.referenced.startOf(index));
    this.keys.push(reference.key);
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
    const hash = Buffer.from(sha256, "hex");
    if (this.isStated(number, stated.reference) && !hash.equals(this.sha256Of(number))) {
      this.faults.reference ??= differs(fileIdOf(name), name, `states another SHA-256 than ${checksumsName}`);
    }
    hash.copy(this.sha256Of(number));
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
  *checksums(): Generator<[name: string, sha256: string]> {
    const names: string[] = [];
    for (const number of this.entries.numbers()) if (this.isStated(number, stated.checksum)) names.push(this.entries.nameOf(number));
    for (const name of names.sort()) {
      const number = this.names.find(name);
      if (number !== undefined) yield [name, this.sha256Of(number).toString("hex")];
    }
  }

  /** The manifest's references, once they are checked. */
  *references(): Generator<FileReference> {
    for (let index = 0; index < this.files; index++) {
      const { number, name, size } = this.entries.at(this.referenced.pageOf(index).readUInt32LE(this.referenced.startOf(index)));
      yield { id: fileIdOf(name), key: this.keys.at(index), entry: name, size, sha256: this.sha256Of(number).toString("hex") };
    }
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
