import { RecordList } from "./record-list";

/** Bytes, a power of two below which a text begins in its page. */
const pageBytes = 64 * 1024;
/** Bytes above which a text has a page of just its size: half of a shared one could stay empty for it. */
const sharesPage = 4 * 1024;
/** Of a text: the number of its page and where in it, and its length in bytes. */
const placeBytes = 8;

/** Texts as UTF-8, packed: each takes its own bytes and eight. They must have no lone surrogates. */
export class TextList {
  private readonly pages: Buffer[] = [];
  private readonly places = new RecordList(placeBytes);
  /** The page that is being filled, and how far. */
  private shared = -1;
  private filled = pageBytes;

  get length(): number {
    return this.places.length;
  }

  /** @returns its number, from 0 */
  push(text: string): number {
    const bytes = Buffer.byteLength(text);
    const { page, start } = bytes > sharesPage ? { page: this.startPage(bytes), start: 0 } : this.takeRoom(bytes);
    this.pages[page]?.write(text, start);
    const number = this.places.append();
    const place = this.places.startOf(number);
    this.places.pageOf(number).writeUInt32LE(page * pageBytes + start, place);
    this.places.pageOf(number).writeUInt32LE(bytes, place + 4);
    return number;
  }

  at(number: number): string {
    const { page, start, end } = this.placeOf(number);
    return page.toString("utf8", start, end);
  }

  /** As Buffer.compare() does with their UTF-8. */
  compare(one: number, other: number): number {
    const left = this.placeOf(one);
    const right = this.placeOf(other);
    return left.page.compare(right.page, right.start, right.end, left.start, left.end);
  }

  /** Bytes of a text. */
  bytesOf(number: number): number {
    return this.places.pageOf(number).readUInt32LE(this.places.startOf(number) + 4);
  }

  private placeOf(number: number): { page: Buffer; start: number; end: number } {
    const places = this.places.pageOf(number);
    const place = this.places.startOf(number);
    const position = places.readUInt32LE(place);
    const page = this.pages[Math.floor(position / pageBytes)];
    if (page === undefined) throw new RangeError(`There is no text ${number}`);
    const start = position % pageBytes;
    return { page, start, end: start + places.readUInt32LE(place + 4) };
  }

  private takeRoom(bytes: number): { page: number; start: number } {
    // Not `>`: an empty text, too, has a page to begin in.
    if (bytes >= pageBytes - this.filled) {
      this.shared = this.startPage(pageBytes);
      this.filled = 0;
    }
    const start = this.filled;
    this.filled += bytes;
    return { page: this.shared, start };
  }

  private startPage(bytes: number): number {
    return this.pages.push(Buffer.alloc(bytes)) - 1;
  }
}
