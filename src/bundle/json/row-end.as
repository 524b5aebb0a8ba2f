/** Bytes looked at at a time, in two vectors. */
const block: i32 = 32;
const vector: i32 = 16;
/** Bits of the marks. */
const lastBit: i32 = block - 1;

const quote: u8 = 0x22;
const backslash: u8 = 0x5c;
const openingBrace: u8 = 0x7b;
const closingBrace: u8 = 0x7d;
/** What a brace has and a bracket has not. */
const braceBit: u8 = 0x20;

/** In memory: arrays and objects that are open, whether a string is, and whether its next byte is escaped. */
const depthAt: usize = 0;
const inStringAt: usize = 4;
const afterBackslashAt: usize = 8;
/** In memory: where the text begins, behind which as many zeros as a block has must stand. */
const textAt: usize = 16;

/**
 * From `from` to the byte behind the one that closes the row or opens one level more than
 * `deepest`, or to `end` where the text has neither. Only strings and nesting are followed.
 */
export function findRowEnd(from: i32, end: i32, deepest: i32): i32 {
  let depth = load<i32>(depthAt);
  let inString = load<i32>(inStringAt) != 0;
  let position = from + load<i32>(afterBackslashAt);
  let afterBackslash = false;
  while (position < end) {
    let marks = marksOf(textAt + position) | (marksOf(textAt + position + vector) << vector);
    let next = position + block;
    while (marks != 0) {
      const bit = ctz(marks);
      marks &= marks - 1;
      const byte = load<u8>(textAt + position + bit);
      if (byte == quote) {
        inString = !inString;
      } else if (byte == backslash) {
        if (!inString) continue;
        // What is escaped is skipped, even in the next block or text.
        if (bit == lastBit) next += 1;
        else marks &= ~((<u32>2) << bit);
        afterBackslash = position + bit + 1 == end;
      } else if (!inString) {
        depth += (byte | braceBit) == openingBrace ? 1 : -1;
        if (depth == 0 || depth > deepest) return leave(depth, false, false, position + bit + 1);
      }
    }
    position = next;
  }
  return leave(depth, inString, afterBackslash, end);
}

function leave(depth: i32, inString: bool, afterBackslash: bool, position: i32): i32 {
  store<i32>(depthAt, depth);
  store<i32>(inStringAt, inString ? 1 : 0);
  store<i32>(afterBackslashAt, afterBackslash ? 1 : 0);
  return position;
}

/** A bit for each of a vector's bytes that is a quote, a backslash, a brace or a bracket. */
function marksOf(at: usize): u32 {
  const bytes = v128.load(at);
  const braces = v128.or(bytes, i8x16.splat(braceBit));
  const inStrings = v128.or(i8x16.eq(bytes, i8x16.splat(quote)), i8x16.eq(bytes, i8x16.splat(backslash)));
  const outside = v128.or(i8x16.eq(braces, i8x16.splat(openingBrace)), i8x16.eq(braces, i8x16.splat(closingBrace)));
  return <u32>i8x16.bitmask(v128.or(inStrings, outside));
}
