import { RecordList } from "./record-list";

/** Bytes, a power of two below which a text begins in its page. */
const pageBytes = 64 * 1024;
/** Of a text: the number of its page and where in it, and its length in bytes. */
const placeBytes = 8;

/** Texts as UTF-8, packed: each takes its own bytes and eight. They must have no lone surrogates. */
export class TextList {
  private readonly pages: Buffer[] = [];
  private readonly places = new RecordList(placeBytes);
  /** Of the last page. */
  private filled = pageBytes;

  get length(): number {
    return this.places.length;
  }

  /** @returns its number, from 0 */
  push(text: string): number {
    const bytes = Buffer.byteLength(text);
    if (bytes > pageBytes - this.filled) this.startPage(bytes);
    const page = this.pages.length - 1;
    const number = this.places.append();
    const start = this.places.startOf(number);
    this.places.pageOf(number).writeUInt32LE(page * pageBytes + this.filled, start);
    this.places.pageOf(number).writeUInt32LE(bytes, start + 4);
    this.pages[page]?.write(text, this.filled);
    this.filled += bytes;
    return number;
  }

  at(number: number): string {
    const places = this.places.pageOf(number);
    const place = this.places.startOf(number);
    const position = places.readUInt32LE(place);
    const start = position % pageBytes;
    return this.pages[Math.floor(position / pageBytes)]?.toString("utf8", start, start + places.readUInt32LE(place + 4)) ?? "";
  }

  /** Bytes of a text. */
  bytesOf(number: number): number {
    return this.places.pageOf(number).readUInt32LE(this.places.startOf(number) + 4);
  }

  /** A text that is longer than a page has one of its own. */
  private startPage(bytes: number): void {
    this.pages.push(Buffer.alloc(Math.max(bytes, pageBytes)));
    this.filled = 0;
  }
}
