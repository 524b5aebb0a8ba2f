import { isUtf8 } from "node:buffer";

import { release } from "@/memory/release";

/** Bytes that a window has room for at first: a few of the pieces that come. */
const firstRoom = 64 * 1024;

/** The part of a JSON text that is being read: what came and was not yet taken. */
export class TextWindow {
  /** Whether no more text will come. */
  isWhole = false;
  private room = Buffer.alloc(0);
  private start = 0;
  private end = 0;
  /** Up to here in the room the text is known to be UTF-8. */
  private checked = 0;
  /** Bytes of the text before the room's first. */
  private before = 0;
  /** Of a string that did not end yet: what was seen of it need not be looked at again. */
  private seen = { bytes: 0, isEscaped: false };

  /** Of the next byte in the whole text. */
  get position(): number {
    return this.before + this.start;
  }

  /** Bytes at hand. */
  get length(): number {
    return this.end - this.start;
  }

  get first(): number | undefined {
    return this.start < this.end ? this.room[this.start] : undefined;
  }

  /** @returns whether the text is UTF-8 so far */
  push(piece: Buffer): boolean {
    if (this.end + piece.length > this.room.length) this.makeRoom(piece.length);
    piece.copy(this.room, this.end);
    this.end += piece.length;
    return this.isUtf8To(this.end - unfinishedBytes(this.room, this.end));
  }

  /** No more text will come. @returns whether all of it is UTF-8 */
  finish(): boolean {
    this.isWhole = true;
    return this.isUtf8To(this.end);
  }

  skip(bytes: number): void {
    this.start += bytes;
  }

  accept(byte: number): boolean {
    if (this.first !== byte) return false;
    this.start += 1;
    return true;
  }

  skipWhiteSpace(): void {
    const { room, end } = this;
    let { start } = this;
    for (; start < end; start++) {
      const byte = room[start];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    }
    this.start = start;
  }

  /** Up to so many characters, one for each byte. */
  ahead(characters: number): string {
    return this.room.toString("latin1", this.start, Math.min(this.start + characters, this.end));
  }

  /** The string that begins here, where all of it came: without its quotes, or with them where it is to be unescaped. */
  takeString(): { text: string; isEscaped: boolean } | "unfinished" | "endless" {
    const { room, end } = this;
    let { isEscaped } = this.seen;
    let at = this.start + Math.max(this.seen.bytes, 1);
    for (; at < end; at++) {
      const byte = room[at] ?? 0;
      if (byte === 0x22) return this.taken(at + 1, isEscaped);
      if (byte < 0x20) return "endless";
      if (byte !== 0x5c) continue;
      if (at + 1 === end) break;
      isEscaped = true;
      // Whatever it is: a quote does not end the string, and all else is judged when it is read.
      at += 1;
    }
    this.seen = { bytes: at - this.start, isEscaped };
    return this.isWhole ? "endless" : "unfinished";
  }

  /** Gives its memory back. */
  drop(): void {
    this.before += this.end;
    this.start = this.end = 0;
    release(this.room);
    this.room = Buffer.alloc(0);
  }

  private taken(end: number, isEscaped: boolean): { text: string; isEscaped: boolean } {
    const quote = isEscaped ? 0 : 1;
    const text = this.room.toString("utf8", this.start + quote, end - quote);
    this.start = end;
    if (this.seen.bytes > 0) this.seen = { bytes: 0, isEscaped: false };
    return { text, isEscaped };
  }

  private isUtf8To(end: number): boolean {
    const start = this.checked;
    this.checked = end;
    return isUtf8(this.room.subarray(start, end));
  }

  private makeRoom(bytes: number): void {
    const before = this.room;
    const length = this.length;
    const isEnough = length + bytes <= before.length;
    if (!isEnough) this.room = Buffer.allocUnsafeSlow(Math.max(firstRoom, 2 ** Math.ceil(Math.log2(length + bytes))));
    before.copy(this.room, 0, this.start, this.end);
    if (!isEnough) release(before);
    this.before += this.start;
    this.checked -= this.start;
    this.start = 0;
    this.end = length;
  }
}

/** Of a character that may go on in the next piece (RFC 3629, 3): its first byte says how many there are. */
function unfinishedBytes(text: Buffer, end: number): number {
  for (let bytes = 1; bytes <= Math.min(3, end); bytes++) {
    const byte = text[end - bytes] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return bytes < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes : 0;
  }
  return 0;
}
