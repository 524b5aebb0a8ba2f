/** Bytes: a list of few takes little, and one of tens of thousands has few pages. */
const pageBytes = 64 * 1024;

/** Records of one length, packed: tens of thousands of JavaScript objects take ten times as much. */
export class RecordList {
  private readonly pages: Buffer[] = [];
  private readonly perPage: number;
  private count = 0;

  /** @param recordBytes of each record, at most a page's 64 KiB */
  constructor(private readonly recordBytes: number) {
    this.perPage = Math.floor(pageBytes / recordBytes);
  }

  get length(): number {
    return this.count;
  }

  /** One more record, of zeros. @returns its index */
  append(): number {
    if (this.count % this.perPage === 0) this.pages.push(Buffer.alloc(this.perPage * this.recordBytes));
    return this.count++;
  }

  /** Where the record stands, with others: to be read and written there. A buffer for each record would take longer to make than to read. */
  pageOf(index: number): Buffer {
    const page = index < this.count ? this.pages[Math.floor(index / this.perPage)] : undefined;
    if (page === undefined) throw new RangeError(`There is no record ${index}`);
    return page;
  }

  /** The record's first byte in its page. */
  startOf(index: number): number {
    return (index % this.perPage) * this.recordBytes;
  }
}
