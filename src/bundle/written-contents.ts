import { RecordList } from "@/memory/lists/record-list";
import { TextIndex } from "@/memory/lists/text-index";
import { TextList } from "@/memory/lists/text-list";

import { checksumsName, dataEntryName, manifestName, objectEntryName } from "./entry-names";

const idBytes = 16;
const hashBytes = 32;

/** What a bundle that is being written holds so far: its tables, then its objects, packed, since there may be tens of thousands. */
export class WrittenContents {
  /** In the order in which they were written. */
  readonly tables = new Map<string, { rows: number; sha256: string }>();
  /** Of each object its file's id and its SHA-256. */
  private readonly objects = new RecordList(idBytes + hashBytes);
  private readonly keys = new TextList();
  private readonly byId = new TextIndex((number) => this.idOf(number));

  get hasObjects(): boolean {
    return this.objects.length > 0;
  }

  hasObject(id: string): boolean {
    return this.byId.find(id) !== undefined;
  }

  addObject({ id, key, sha256 }: { id: string; key: string; sha256: string }): void {
    const number = this.objects.append();
    const page = this.objects.pageOf(number);
    const start = this.objects.startOf(number);
    page.write(id.replaceAll("-", ""), start, "hex");
    page.write(sha256, start + idBytes, "hex");
    this.byId.add(id, this.keys.push(key));
  }

  /** Of all entries of the whole bundle, in the order in which they are written. */
  *names(): Generator<string> {
    for (const table of this.tables.keys()) yield dataEntryName(table);
    for (const { entry } of this.writtenObjects()) yield entry;
    yield* [manifestName, checksumsName];
  }

  /** SHA-256 by entry, in the same order, of all but checksums.json itself. */
  *checksums(manifestSha256: string): Generator<[entry: string, sha256: string]> {
    for (const [table, { sha256 }] of this.tables) yield [dataEntryName(table), sha256];
    for (const { entry, sha256 } of this.writtenObjects()) yield [entry, sha256];
    yield [manifestName, manifestSha256];
  }

  *writtenObjects(): Generator<{ number: number; id: string; key: string; entry: string; sha256: string }> {
    for (let number = 0; number < this.objects.length; number++) {
      const id = this.idOf(number);
      const key = this.keys.at(number);
      yield { number, id, key, entry: objectEntryName(id, key), sha256: this.bytesOf(number, idBytes, idBytes + hashBytes) };
    }
  }

  private idOf(number: number): string {
    const hex = this.bytesOf(number, 0, idBytes);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** As hex. */
  private bytesOf(number: number, from: number, to: number): string {
    const start = this.objects.startOf(number);
    return this.objects.pageOf(number).toString("hex", start + from, start + to);
  }
}
