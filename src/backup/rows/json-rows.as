/** Bytes looked at at a time. Behind the text and behind the output as many more must be there. */
const vector: usize = 16;

const tab: u8 = 0x09;
const newline: u8 = 0x0a;
const space: u8 = 0x20;
const quote: u8 = 0x22;
const plus: u8 = 0x2b;
const comma: u8 = 0x2c;
const minus: u8 = 0x2d;
const zero: u8 = 0x30;
const nine: u8 = 0x39;
const colon: u8 = 0x3a;
const equals: u8 = 0x3d;
const openingBracket: u8 = 0x5b;
const backslash: u8 = 0x5c;
const closingBracket: u8 = 0x5d;
const openingBrace: u8 = 0x7b;
const closingBrace: u8 = 0x7d;

/** As little-endian words. */
const nullMark: u16 = 0x4e5c; // \N
const nullWord: u32 = 0x6c6c756e; // null
const bareNull: u32 = 0x4c4c554e; // NULL
const trueWord: u32 = 0x65757274; // true
const falseWord: u32 = 0x736c6166; // fals
const zoneOfCopy: u16 = 0x3030; // 00
const zoneWord: u64 = 0x30303a30302b; // +00:00
const controlWord: u32 = 0x3030755c; // \u00

const alphabet: i32 = 26;

/** How a column's value is written, as in json-rows-program.ts. */
const asString: u32 = 0;
const asTimestamp: u32 = 1;
const asNumber: u32 = 2;
const asBoolean: u32 = 3;
const asJson: u32 = 4;

/** In memory: what is to be done, of which three advance. */
const textAt: usize = 0;
const textEndAt: usize = 4;
const outputAt: usize = 8;
const outputEndAt: usize = 12;
const valuesAt: usize = 16;
const valuesEndAt: usize = 20;
/** Bytes of a row without its values, with quotes and words in their place. */
const rowOverheadAt: usize = 24;
const fieldCountAt: usize = 28;
/** In memory: the address of a table of names' ends, as in find-secret-name.ts. */
const nameEndsAt: usize = 32;
/** In memory, for each field: address and length of its name, and its notation. */
const fieldsAt: usize = 36;
const fieldSize: usize = 12;
/** A JSON value that was written: its field, its start and its end. */
const valueSize: usize = 12;

/** A control character of one byte becomes \u0001. */
const mostGrowth: u64 = 6;

/** Where the next byte is written. */
let output: usize = 0;
/** Of the line that is read, its newline. */
let lineEnd: usize = 0;
let isWrong = false;

/**
 * Turns lines into rows until the text ends or the next row may not fit.
 * Returns their number, or -1 where a line is not what the fields say.
 */
export function writeRows(): i32 {
  const textEnd = <usize>load<u32>(textEndAt);
  const outputEnd = <usize>load<u32>(outputEndAt);
  const valuesEnd = <usize>load<u32>(valuesEndAt);
  const fields = <usize>load<u32>(fieldCountAt);
  const nameEnds = <usize>load<u32>(nameEndsAt);
  const rowOverhead = <usize>load<u32>(rowOverheadAt);
  let position = <usize>load<u32>(textAt);
  let values = <usize>load<u32>(valuesAt);
  output = <usize>load<u32>(outputAt);
  isWrong = false;
  let rows = 0;
  while (position < textEnd) {
    lineEnd = endOfLine(position, textEnd);
    if (lineEnd == textEnd) return -1;
    if (<u64>output + rowOverhead + <u64>(lineEnd - position) * mostGrowth > outputEnd) break;
    if (values + fields * valueSize > valuesEnd) break;
    for (let field: usize = 0; field < fields; field++) {
      const at = fieldsAt + field * fieldSize;
      writeName(<usize>load<u32>(at), <usize>load<u32>(at + 4));
      const notation = load<u32>(at + 8);
      const valueStart = output;
      if (load<u16>(position) == nullMark) {
        writeWord(nullWord);
        position += 2;
      } else if (notation == asString) position = writeString(position);
      else if (notation == asTimestamp) position = writeTimestamp(position);
      else if (notation == asNumber) position = writeNumber(position);
      else if (notation == asBoolean) position = writeBoolean(position);
      else if (notation == asJson) {
        position = writeJson(position);
        if (hasName(valueStart, nameEnds)) {
          store<u32>(values, <u32>field);
          store<u32>(values + 4, <u32>valueStart);
          store<u32>(values + 8, <u32>output);
          values += valueSize;
        }
      } else position = writeArray(position);
      if (isWrong || position > lineEnd || load<u8>(position) != (field == fields - 1 ? newline : tab)) return -1;
      position += 1;
    }
    writeByte(closingBrace);
    rows += 1;
  }
  store<u32>(textAt, <u32>position);
  store<u32>(outputAt, <u32>output);
  store<u32>(valuesAt, <u32>values);
  return rows;
}

/** The next newline, or where the text ends. */
function endOfLine(start: usize, textEnd: usize): usize {
  for (let position = start; position < textEnd; position += vector) {
    const marks = i8x16.bitmask(i8x16.eq(v128.load(position), i8x16.splat(newline)));
    if (marks != 0) return min(position + ctz(marks), textEnd);
  }
  return textEnd;
}

/** Each of these returns where the cell ends: the position of its tab or newline. */
function writeString(start: usize): usize {
  writeByte(quote);
  let position = start;
  for (;;) {
    position = writePlain(position);
    const byte = load<u8>(position);
    if (byte == tab || byte == newline) break;
    position = writeSpecial(position);
  }
  writeByte(quote);
  return position;
}

/** Returns the position of the first byte that is not written, since JSON or COPY may write it otherwise. */
function writePlain(start: usize): usize {
  let position = start;
  let marks = copyVector(position, true);
  while (marks == 0) {
    position += vector;
    output += vector;
    marks = copyVector(position, true);
  }
  output += ctz(marks);
  return position + ctz(marks);
}

/** Writes a vector, and returns a bit for each of its bytes that may have to be written otherwise. */
@inline
function copyVector(position: usize, quotes: bool): u32 {
  const bytes = v128.load(position);
  v128.store(output, bytes);
  let marked = v128.or(i8x16.lt_u(bytes, i8x16.splat(space)), i8x16.eq(bytes, i8x16.splat(backslash)));
  if (quotes) marked = v128.or(marked, i8x16.eq(bytes, i8x16.splat(quote)));
  return <u32>i8x16.bitmask(marked);
}

/** A quote, a backslash and what it escapes, or a control character. Returns the position after it. */
function writeSpecial(position: usize): usize {
  if (position >= lineEnd) return wrong();
  const byte = load<u8>(position);
  if (byte == quote) {
    writeByte(backslash);
    writeByte(quote);
    return position + 1;
  }
  if (byte != backslash) {
    writeControl(byte);
    return position + 1;
  }
  const letter = load<u8>(position + 1);
  if (letter == 0x76) writeControl(0x0b);
  else if (letter == 0x62 || letter == 0x66 || letter == 0x6e || letter == 0x72 || letter == 0x74 || letter == backslash) {
    writeByte(backslash);
    writeByte(letter);
  } else return wrong();
  return position + 2;
}

function writeControl(byte: u8): void {
  writeWord(controlWord);
  writeByte(zero + (byte >> 4));
  const low = byte & 15;
  writeByte(low < 10 ? zero + low : 0x57 + low);
}

/** `2026-01-02 03:04:05.6+00` becomes `2026-01-02T03:04:05.6+00:00`; `infinity` stays. */
function writeTimestamp(start: usize): usize {
  let position = start;
  let isDate = true;
  writeByte(quote);
  for (;;) {
    const byte = load<u8>(position);
    if (byte == tab || byte == newline) break;
    position += 1;
    if (byte == space && isDate) {
      isDate = false;
      writeByte(0x54);
    } else if (byte == plus) {
      if (load<u16>(position) != zoneOfCopy) return wrong();
      store<u64>(output, zoneWord);
      output += 6;
      position += 2;
    } else writeByte(byte);
  }
  writeByte(quote);
  return position;
}

/** NaN and the infinities are no numbers in JSON. */
function writeNumber(start: usize): usize {
  const first = load<u8>(load<u8>(start) == minus ? start + 1 : start);
  return first >= zero && first <= nine ? writePlain(start) : writeString(start);
}

function writeBoolean(start: usize): usize {
  const letter = load<u8>(start);
  if (letter == 0x74) writeWord(trueWord);
  else if (letter == 0x66) {
    writeWord(falseWord);
    writeByte(0x65);
  } else return wrong();
  return start + 1;
}

/** Its text, in which COPY doubles backslashes and has nothing else to escape. */
function writeJson(start: usize): usize {
  let position = start;
  while (position <= lineEnd) {
    const marks = copyVector(position, false);
    const plain = marks == 0 ? vector : ctz(marks);
    position += plain;
    output += plain;
    if (marks == 0) continue;
    if (load<u8>(position) != backslash) return position;
    if (load<u8>(position + 1) != backslash) return wrong();
    output += 1;
    position += 2;
  }
  return wrong();
}

/**
 * Whether the JSON from `start` to `output` has a name that ends as one of the table. Takes some
 * others for such as well: those with escapes, or letters beyond ASCII, which it does not read.
 */
function hasName(start: usize, nameEnds: usize): bool {
  // No name ends before its second byte.
  for (let position = start + 2; position < output; position += vector) {
    const colons = i8x16.eq(v128.load(position), i8x16.splat(colon));
    let marks = <u32>i8x16.bitmask(v128.and(colons, i8x16.eq(v128.load(position - 1), i8x16.splat(quote))));
    while (marks != 0) {
      const at = position + ctz(marks);
      marks &= marks - 1;
      if (at < output && mayEndSo(at - 2, nameEnds)) return true;
    }
  }
  return false;
}

/** Whether the name of which this is the last byte may end as one of those looked for. */
function mayEndSo(last: usize, nameEnds: usize): bool {
  let node: i32 = 0;
  let position = last;
  let byte = load<u8>(position);
  while (byte != quote) {
    if (byte == backslash || byte >= 0x80) return true;
    const letter = <i32>(byte | 0x20) - 0x61;
    if (letter >= 0 && letter < alphabet && byte >= 0x41) {
      const next = <i32>load<i16>(nameEnds + (<usize>(node * alphabet + letter) << 1));
      if (next < 0) return true;
      if (next == 0) return isOfEscape(position);
      node = next;
    } else if (byte >= zero && byte <= nine) return isOfEscape(position);
    // Anything else separates words, and counts for nothing.
    position -= 1;
    byte = load<u8>(position);
  }
  return load<u8>(position - 1) == backslash;
}

/** Whether the letter or digit may be one of an escape, of which the longest has six characters, in the same name. */
function isOfEscape(position: usize): bool {
  for (let before: usize = 1; before <= 5; before++) {
    const byte = load<u8>(position - before);
    if (byte == quote) return false;
    if (byte == backslash) return true;
  }
  return false;
}

/** PostgreSQL's array literal (manual, 8.15.6) of strings, of any dimensions; those of one that does not begin at 1 stand in front. */
function writeArray(start: usize): usize {
  let position = start;
  if (load<u8>(start) == openingBracket) {
    while (load<u8>(position) != equals && position < lineEnd) position += 1;
    position += 1;
  }
  while (position < lineEnd) {
    const byte = load<u8>(position);
    if (byte == tab) break;
    if (byte == quote) position = writeQuotedElement(position);
    else if (byte == openingBrace || byte == closingBrace || byte == comma) {
      writeByte(byte == openingBrace ? openingBracket : byte == closingBrace ? closingBracket : comma);
      position += 1;
    } else position = writeBareElement(position);
  }
  return position;
}

/** Backslashes stand before quotes and backslashes, and are doubled by COPY. */
function writeQuotedElement(start: usize): usize {
  writeByte(quote);
  let position = start + 1;
  for (;;) {
    position = writePlain(position);
    if (load<u8>(position) == quote) break;
    if (position >= lineEnd || load<u8>(position) == tab) return wrong();
    position = writeSpecial(load<u16>(position) == 0x5c5c ? position + 2 : position);
  }
  writeByte(quote);
  return position + 1;
}

function writeBareElement(start: usize): usize {
  let end = start;
  while (load<u8>(end) != comma && load<u8>(end) != closingBrace) {
    if (end >= lineEnd || load<u8>(end) == tab) return wrong();
    end += 1;
  }
  // A string that reads so is quoted.
  if (end - start == 4 && load<u32>(start) == bareNull) {
    writeWord(nullWord);
    return end;
  }
  writeByte(quote);
  for (let position = start; position < end; ) {
    const byte = load<u8>(position);
    if (byte >= space && byte != quote && byte != backslash) {
      writeByte(byte);
      position += 1;
    } else position = writeSpecial(position);
  }
  writeByte(quote);
  return end;
}

function writeName(name: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += vector) v128.store(output + at, v128.load(name + at));
  output += length;
}

function writeWord(word: u32): void {
  store<u32>(output, word);
  output += 4;
}

function writeByte(byte: u8): void {
  store<u8>(output, byte);
  output += 1;
}

/** Ends the line that is read: nothing of it is kept. */
function wrong(): usize {
  isWrong = true;
  return lineEnd;
}
