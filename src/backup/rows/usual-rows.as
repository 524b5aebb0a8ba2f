/** Bytes looked at, or written, at a time: so many must be there behind the text, each parameter and the output. */
const vector: usize = 16;

const space: u8 = 0x20;
const quote: u8 = 0x22;
const comma: u8 = 0x2c;
const minus: u8 = 0x2d;
const point: u8 = 0x2e;
const zero: u8 = 0x30;
const nine: u8 = 0x39;
const colon: u8 = 0x3a;
const openingBracket: u8 = 0x5b;
const backslash: u8 = 0x5c;
const closingBracket: u8 = 0x5d;
const openingBrace: u8 = 0x7b;
const closingBrace: u8 = 0x7d;

/** As little-endian words. */
const nullWord: u32 = 0x6c6c756e; // null
const trueWord: u32 = 0x65757274; // true
const falseWord: u32 = 0x736c6166; // fals
const zoneStart: u32 = 0x3a30302b; // +00:
const zoneEnd: u16 = 0x3030; // 00

/** Begins an escape by a character's code: u, and behind it the digits of those below U+0100. */
const letterOfCode: u8 = 0x75;
const noUpperByte: u16 = 0x3030; // 00

/** Kinds of column, as in usual-rows-program.ts. */
const uuid: u32 = 0;
const text: u32 = 1;
const enumeration: u32 = 2;
const timestamp: u32 = 3;
const json: u32 = 4;
const textList: u32 = 5;
const float: u32 = 6;
const numeric: u32 = 7;
const integer: u32 = 8;
const bigint: u32 = 9;
const boolean: u32 = 10;
const sha256: u32 = 11;

/** Flags of a column. */
const nullable: u32 = 1;
const leftOut: u32 = 2;
/** It is the row's id. */
const identifying: u32 = 4;
/** Its id becomes the one of the parameters, or itself where the parameters have it, or null. */
const byOneId: u32 = 8;
const byKnownIds: u32 = 16;
const byNone: u32 = 32;

/** In memory, in words: what is to be done, and how far it is. */
const rowAt: usize = 0;
const rowEndAt: usize = 4;
/** Of the first row of the batch, in its data file. */
const firstIndexAt: usize = 8;
const outputAt: usize = 12;
const outputEndAt: usize = 16;
const fieldCountAt: usize = 20;
const isIndexedAt: usize = 24;
const leftOutFromAt: usize = 28;
const isAscendingAt: usize = 32;
const hasLastIdAt: usize = 36;
/** Bytes by which a line may be longer than twice its row. */
const lineOverheadAt: usize = 40;
const longestRowAt: usize = 44;
const lastIdAt: usize = 48;
const fieldsAt: usize = 64;

/** A field: address and length of what stands before its value, kind, flags, address of its parameters, and how often it had none for an id. */
const fieldSize: usize = 32;

/** The objects and arrays that are open in a JSON value: what they are, and how many names were held before. */
const framesAt: usize = 32 * 1024;
const deepest: usize = 64;
const frameSize: usize = 8;
/** Start and end of the names of the objects that are open. */
const namesAt: usize = 33 * 1024;
const mostNames: u32 = 256;
const nameSize: usize = 8;
/** Names of an object of which each is compared with each. */
const fewNames: u32 = 24;

/** An enumeration's label in the parameters. */
const labelSize: usize = 96;

/** For each row of the batch, the position of the byte after it. */
const endsAt: usize = 36 * 1024;
const textAt: usize = 164 * 1024;

/** pg_type.dat: the type of a text list's elements. */
const textType: i32 = 25;
/** Of jsonb as it is sent. */
const jsonbVersion: u8 = 1;

/** Characters with a point, and digits: a float may not hold more. */
const longestDecimal: usize = 16;
const mostDigits: u64 = 1_000_000_000_000_000;
const longestNumeric: usize = 9;
const longestInteger: usize = 15;
/** As in encode-row.ts. */
const surelyNumber: usize = 64;

/** 285 years from 2000 on, and before, are 2^53 microseconds. */
const firstYear: i32 = 1800;
const lastYear: i32 = 2200;
/** What daysSince2000 in timestamp.ts counts for 2000-01-01 without it. */
const daysBefore2000: i32 = 730_426;

/** Where the next byte is written. */
let output: usize = 0;
/** Behind the row that is read. */
let rowEnd: usize = 0;
/** Where its id was written. */
let idAt: usize = 0;
/** A bit for each of its fields that got none for its id. */
let withoutId: u64 = 0;
let nameCount: u32 = 0;

/** Turns rows into lines until one is not as exports write it, or its line may not fit. */
export function encodeRows(): void {
  const rows = load<u32>(rowEndAt);
  let row = load<u32>(rowAt);
  let start = row == 0 ? textAt : endOf(row - 1);
  output = <usize>load<u32>(outputAt);
  while (row < rows) {
    rowEnd = endOf(row);
    if (!encodeRow(start, load<u32>(firstIndexAt) + row)) break;
    start = rowEnd;
    row += 1;
  }
  store<u32>(rowAt, row);
  store<u32>(outputAt, <u32>output);
}

function endOf(row: u32): usize {
  return textAt + <usize>load<u32>(endsAt + (<usize>row << 2));
}

/** False: it has no usual form, or its line may not fit. */
function encodeRow(start: usize, index: u32): bool {
  const length = rowEnd - start;
  if (length > <usize>load<u32>(longestRowAt)) return false;
  // An empty string in a list takes three bytes, and a length of four.
  if (output + 2 * length + <usize>load<u32>(lineOverheadAt) > <usize>load<u32>(outputEndAt)) return false;
  const lineStart = output;
  const fieldsEnd = fieldsAt + <usize>load<u32>(fieldCountAt) * fieldSize;
  const isIndexed = load<u32>(isIndexedAt);
  const leavesOut = index >= load<u32>(leftOutFromAt);
  writeShort(load<u32>(fieldCountAt) + isIndexed);
  if (isIndexed != 0) {
    writeInteger(4);
    writeInteger(<i32>index);
  }
  withoutId = 0;
  let position = start;
  for (let field = fieldsAt; field < fieldsEnd; field += fieldSize) {
    const nameLength = <usize>load<u32>(field + 4);
    if (!isAt(position, <usize>load<u32>(field), nameLength)) return forget(lineStart);
    const cell = output;
    position = encodeCell(position + nameLength, field);
    if (position == 0) return forget(lineStart);
    if (leavesOut && (load<u32>(field + 12) & leftOut) != 0) {
      output = cell;
      writeInteger(-1);
    }
  }
  if (load<u8>(position) != closingBrace || position + 1 != rowEnd) return forget(lineStart);
  noteOrder();
  noteWithoutId();
  return true;
}

function forget(lineStart: usize): bool {
  output = lineStart;
  return false;
}

/** Whether so many bytes of the text are those. */
function isAt(position: usize, other: usize, length: usize): bool {
  let left = length;
  let at: usize = 0;
  for (; left > vector; left -= vector, at += vector) {
    if (i8x16.bitmask(i8x16.eq(v128.load(position + at), v128.load(other + at))) != 0xffff) return false;
  }
  const wanted = (1 << <u32>left) - 1;
  return (<u32>i8x16.bitmask(i8x16.eq(v128.load(position + at), v128.load(other + at))) & wanted) == wanted;
}

/** Writes the value that begins there as a cell. Each of these returns the position behind the value, or 0 where it has no usual form. */
function encodeCell(position: usize, field: usize): usize {
  const kind = load<u32>(field + 8);
  const flags = load<u32>(field + 12);
  const parameters = <usize>load<u32>(field + 16);
  if (kind == json) return encodeJson(position);
  if (load<u32>(position) == nullWord) {
    if ((flags & nullable) == 0) return 0;
    writeInteger(-1);
    return position + 4;
  }
  switch (kind) {
    case uuid:
      return encodeUuid(position, flags, parameters, field);
    case text:
      return encodeText(position, parameters);
    case enumeration:
      return encodeEnumeration(position, parameters);
    case timestamp:
      return encodeTimestamp(position);
    case textList:
      return encodeList(position);
    case float:
      return encodeFloat(position, parameters);
    case numeric:
      return encodeNumeric(position, parameters);
    case integer:
      return encodeInteger(position, parameters, false);
    case bigint:
      return encodeInteger(position, parameters, true);
    case boolean:
      return encodeBoolean(position);
    case sha256:
      return encodeSha256(position);
    default:
      return 0;
  }
}

/** "8-4-4-4-12" digits. An id that is a row's own is in lower case, so that its order is that of its bytes. */
function encodeUuid(position: usize, flags: u32, parameters: usize, field: usize): usize {
  const start = position + 1;
  if (load<u8>(position) != quote || load<u8>(start + 36) != quote) return 0;
  if (load<u8>(start + 8) != minus || load<u8>(start + 13) != minus || load<u8>(start + 18) != minus || load<u8>(start + 23) != minus) return 0;
  const begin = v128.load(start);
  const middle = v128.load(start + 16);
  const end = v128.load(start + 20);
  const left = i8x16.shuffle(begin, middle, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17);
  const right = i8x16.shuffle(middle, end, 3, 4, 5, 6, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
  const areDigits = v128.and(areDigitsOfEitherCase(left), areDigitsOfEitherCase(right));
  if (!i8x16.all_true(areDigits)) return 0;
  const value = i8x16.narrow_i16x8_u(pairsOf(left), pairsOf(right));
  if ((flags & identifying) != 0) {
    const areLower = v128.and(areHexDigits(left), areHexDigits(right));
    if (!i8x16.all_true(areLower)) return 0;
    idAt = output + 4;
  }
  if ((flags & byNone) != 0 || ((flags & byKnownIds) != 0 && !isKnown(value, parameters))) {
    withoutId |= <u64>1 << <u64>((field - fieldsAt) / fieldSize);
    writeInteger(-1);
    return start + 37;
  }
  writeInteger(16);
  v128.store(output, (flags & byOneId) != 0 ? v128.load(parameters) : value);
  output += 16;
  return start + 37;
}

/** All bits of each byte that is a digit or a lower-case letter from a to f. */
function areHexDigits(bytes: v128): v128 {
  const decimal = v128.and(i8x16.ge_u(bytes, i8x16.splat(zero)), i8x16.le_u(bytes, i8x16.splat(nine)));
  const letter = v128.and(i8x16.ge_u(bytes, i8x16.splat(0x61)), i8x16.le_u(bytes, i8x16.splat(0x66)));
  return v128.or(decimal, letter);
}

/** Only letters may be turned into lower case: control characters would become digits. */
function areDigitsOfEitherCase(bytes: v128): v128 {
  const upper = v128.and(i8x16.ge_u(bytes, i8x16.splat(0x41)), i8x16.le_u(bytes, i8x16.splat(0x46)));
  return v128.or(areHexDigits(bytes), upper);
}

/** The byte that each pair of hexadecimal digits is, as a lane of two. */
function pairsOf(digits: v128): v128 {
  const letters = i8x16.gt_u(digits, i8x16.splat(nine));
  const values = i8x16.add(v128.and(digits, i8x16.splat(0x0f)), v128.and(letters, i8x16.splat(9)));
  const high = v128.and(i16x8.shl(values, 4), i16x8.splat(0xf0));
  return v128.or(high, i16x8.shr_u(values, 8));
}

/** Whether the ids there, their number first, have this one. They stand in ascending order. */
function isKnown(id: v128, parameters: usize): bool {
  const high = bswap<u64>(i64x2.extract_lane(id, 0));
  const low = bswap<u64>(i64x2.extract_lane(id, 1));
  let from: usize = 0;
  let to = <usize>load<u32>(parameters);
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = parameters + vector + (middle << 4);
    const otherHigh = bswap<u64>(load<u64>(at));
    const otherLow = bswap<u64>(load<u64>(at + 8));
    if (otherHigh == high && otherLow == low) return true;
    if (otherHigh < high || (otherHigh == high && otherLow < low)) from = middle + 1;
    else to = middle;
  }
  return false;
}

function noteWithoutId(): void {
  for (; withoutId != 0; withoutId &= withoutId - 1) {
    const count = fieldsAt + <usize>ctz(withoutId) * fieldSize + 20;
    store<u32>(count, load<u32>(count) + 1);
  }
}

/** Whether the ids of the lines so far ascend. */
function noteOrder(): void {
  const high = bswap<u64>(load<u64>(idAt));
  const low = bswap<u64>(load<u64>(idAt + 8));
  if (load<u32>(hasLastIdAt) != 0) {
    const lastHigh = bswap<u64>(load<u64>(lastIdAt));
    const lastLow = bswap<u64>(load<u64>(lastIdAt + 8));
    if (high < lastHigh || (high == lastHigh && low <= lastLow)) store<u32>(isAscendingAt, 0);
  }
  store<u32>(hasLastIdAt, 1);
  v128.store(lastIdAt, v128.load(idAt));
}

function encodeText(position: usize, parameters: usize): usize {
  const cell = output;
  const end = writeText(position);
  const length = <u32>(output - cell - 4);
  return length > load<u32>(parameters + 4) || length < load<u32>(parameters) ? 0 : end;
}

/** The string that begins there, its length in front and escapes undone. */
function writeText(position: usize): usize {
  if (load<u8>(position) != quote) return 0;
  const cell = output;
  output += 4;
  let at = position + 1;
  for (;;) {
    const bytes = v128.load(at);
    v128.store(output, bytes);
    const marks = specialIn(bytes);
    if (marks == 0) {
      if (at >= rowEnd) return 0;
      output += vector;
      at += vector;
      continue;
    }
    const plain = ctz(marks);
    output += plain;
    at += plain;
    const byte = load<u8>(at);
    if (byte == quote) break;
    if (byte != backslash) return 0;
    const meant = meaningOf(at + 1);
    if (meant == 0 || meant >= 0x80) return 0;
    store<u8>(output, meant);
    output += 1;
    at += lengthOfEscape(at);
  }
  if (at >= rowEnd) return 0;
  store<u32>(cell, bswap<u32>(<u32>(output - cell - 4)));
  return at + 1;
}

/** A bit for each byte that is a quote, a backslash or a control character. */
@inline
function specialIn(bytes: v128): u32 {
  const ends = v128.or(i8x16.eq(bytes, i8x16.splat(quote)), i8x16.eq(bytes, i8x16.splat(backslash)));
  return <u32>i8x16.bitmask(v128.or(ends, i8x16.lt_u(bytes, i8x16.splat(space))));
}

/** The character for which what stands behind a backslash means (RFC 8259, section 7), of \u those below U+0100; 0: another one, or none. */
function meaningOf(position: usize): u8 {
  const escape = load<u8>(position);
  switch (escape) {
    case quote:
    case backslash:
    case 0x2f:
      return escape;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    case letterOfCode:
      return load<u16>(position + 1) == noUpperByte ? byteOf(load<u8>(position + 3), load<u8>(position + 4)) : 0;
    default:
      return 0;
  }
}

/** Of two hexadecimal digits; 0 where one is none. */
function byteOf(high: u8, low: u8): u8 {
  if (!isHexDigit(high) || !isHexDigit(low)) return 0;
  return (valueOf(high) << 4) | valueOf(low);
}

function isHexDigit(byte: u8): bool {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function valueOf(digit: u8): u8 {
  return (digit & 0x0f) + (digit > nine ? 9 : 0);
}

/** Of one that begins with the backslash there. */
function lengthOfEscape(position: usize): usize {
  return load<u8>(position + 1) == letterOfCode ? 6 : 2;
}

/** Whether it is the one way in which PostgreSQL writes its character, so that names that are equal have equal bytes. */
function isCanonical(position: usize): bool {
  const escape = load<u8>(position + 1);
  if (escape != letterOfCode) return escape != 0x2f;
  const character = meaningOf(position + 1);
  const isShorter = character >= 0x08 && character <= 0x0d && character != 0x0b;
  return character < space && !isShorter && (load<u8>(position + 5) & 0x60) != 0x40;
}

/** One of the labels there, their number first; each with its length, quotes counted, in front, and in room for 80 bytes. */
function encodeEnumeration(position: usize, parameters: usize): usize {
  const labelsEnd = parameters + vector + <usize>load<u32>(parameters) * labelSize;
  for (let label = parameters + vector; label < labelsEnd; label += labelSize) {
    const length = <usize>load<u32>(label);
    if (!isAt(position, label + vector, length)) continue;
    writeInteger(<i32>length - 2);
    writePlain(position + 1, length - 2);
    return position + length;
  }
  return 0;
}

/** "YYYY-MM-DDTHH:MM:SS+00:00" with up to six decimals of a second, as PostgreSQL writes it in UTC; not on 29 February. */
function encodeTimestamp(position: usize): usize {
  const start = position + 1;
  if (load<u8>(position) != quote || load<u8>(start + 4) != minus || load<u8>(start + 7) != minus || load<u8>(start + 10) != 0x54) return 0;
  if (load<u8>(start + 13) != colon || load<u8>(start + 16) != colon) return 0;
  let at = start + 19;
  let fraction = 0;
  if (load<u8>(at) == point) {
    at += 1;
    let unit = 100_000;
    while (isDigit(load<u8>(at))) {
      if (unit == 0) return 0;
      fraction += (<i32>load<u8>(at) - <i32>zero) * unit;
      unit /= 10;
      at += 1;
    }
    if (at == start + 20) return 0;
  }
  if (load<u32>(at) != zoneStart || load<u16>(at + 4) != zoneEnd || load<u8>(at + 6) != quote) return 0;
  const year = twoDigits(start) * 100 + twoDigits(start + 2);
  const month = twoDigits(start + 5);
  const day = twoDigits(start + 8);
  const hour = twoDigits(start + 11);
  const minute = twoDigits(start + 14);
  const second = twoDigits(start + 17);
  if (year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > daysOf(month)) return 0;
  if (<u32>hour > 23 || <u32>minute > 59 || <u32>second > 59) return 0;
  const seconds = ((<i64>daysSince2000(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  writeInteger(8);
  writeLong(seconds * 1_000_000 + fraction);
  return at + 7;
}

/** As in timestamp.ts, for years that are usual. */
function daysSince2000(year: i32, month: i32, day: i32): i32 {
  const marchYear = month <= 2 ? year - 1 : year;
  const marchMonth = month <= 2 ? month + 9 : month - 3;
  const leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400;
  return marchYear * 365 + leapDays + (153 * marchMonth + 2) / 5 + day - daysBefore2000;
}

/** In every year. */
function daysOf(month: i32): i32 {
  if (month == 2) return 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** So far below zero where there are no two digits that no number has a use for it. */
function twoDigits(position: usize): i32 {
  const tens = load<u8>(position);
  const ones = load<u8>(position + 1);
  return isDigit(tens) && isDigit(ones) ? (<i32>tens - <i32>zero) * 10 + <i32>ones - <i32>zero : -1_000_000;
}

@inline
function isDigit(byte: u8): bool {
  return byte >= zero && byte <= nine;
}

/** An array of strings without space between its tokens: dimensions, flags and type, and of the one dimension its length and first index. */
function encodeList(position: usize): usize {
  if (load<u8>(position) != openingBracket) return 0;
  const cell = output;
  writeInteger(0);
  writeInteger(0);
  writeInteger(0);
  writeInteger(textType);
  let at = position + 1;
  if (load<u8>(at) != closingBracket) {
    let elements = 0;
    writeInteger(0);
    writeInteger(1);
    for (;;) {
      at = writeText(at);
      if (at == 0) return 0;
      elements += 1;
      const next = load<u8>(at);
      if (next == closingBracket) break;
      if (next != comma) return 0;
      at += 1;
    }
    store<u32>(cell + 4, bswap<u32>(1));
    store<u32>(cell + 16, bswap<u32>(elements));
  }
  store<u32>(cell, bswap<u32>(<u32>(output - cell - 4)));
  return at + 1;
}

/** Digits, at most 15, and where the point is: their quotient by a power of ten, both of which a float holds exactly, is rounded once. */
function encodeFloat(position: usize, parameters: usize): usize {
  const end = readDecimal(position);
  if (end == 0 || end - position > longestDecimal || digits >= mostDigits) return 0;
  const value = <f64>digits / <f64>powerOfTen(decimals);
  if (value < load<f64>(parameters) || value > load<f64>(parameters + 8)) return 0;
  writeInteger(8);
  writeLong(reinterpret<i64>(value));
  return end;
}

/** Of a number without sign and exponent that was read last: its digits, and how many stand behind the point. */
let digits: u64 = 0;
let decimals: usize = 0;

function readDecimal(position: usize): usize {
  digits = 0;
  decimals = 0;
  let at = readDigits(position);
  if (at == position || (load<u8>(position) == zero && at - position > 1)) return 0;
  if (load<u8>(at) == point) {
    const fraction = at + 1;
    at = readDigits(fraction);
    decimals = at - fraction;
    if (decimals == 0) return 0;
  }
  return at;
}

/** Of very many they make no number, and whoever asked for them looks at their length. */
function readDigits(position: usize): usize {
  let at = position;
  for (let byte = load<u8>(at); isDigit(byte); byte = load<u8>(at)) {
    digits = digits * 10 + <u64>(byte - zero);
    at += 1;
  }
  return at;
}

function powerOfTen(exponent: usize): u64 {
  let power: u64 = 1;
  for (let count: usize = 0; count < exponent; count++) power *= 10;
  return power;
}

/**
 * A decimal below 10,000 with at most four decimals, in PostgreSQL's digits of base 10,000 (see CopyBuffer.numeric). In the
 * parameters: the least and the most in ten thousandths, the unit in them, and the decimals shown.
 */
function encodeNumeric(position: usize, parameters: usize): usize {
  const end = readDecimal(position);
  if (end == 0 || end - position > longestNumeric || decimals > 4) return 0;
  const value = <i64>(digits * powerOfTen(4 - decimals));
  if (value < <i64>load<i32>(parameters) || value > <i64>load<i32>(parameters + 4) || value % <i64>load<i32>(parameters + 8) != 0) return 0;
  const whole = <u32>(value / 10_000);
  const fraction = <u32>(value % 10_000);
  const count = (whole > 0 ? 1 : 0) + (fraction > 0 ? 1 : 0);
  writeInteger(8 + 2 * count);
  writeShort(count);
  writeShort(whole == 0 && count > 0 ? 0xffff : 0);
  writeShort(0);
  writeShort(load<u32>(parameters + 12));
  if (whole > 0) writeShort(whole);
  if (fraction > 0) writeShort(fraction);
  return end;
}

function encodeInteger(position: usize, parameters: usize, isLong: bool): usize {
  const start = load<u8>(position) == minus ? position + 1 : position;
  const end = readDecimal(start);
  if (end == 0 || end - start > longestInteger || decimals > 0) return 0;
  const value = start == position ? <i64>digits : -(<i64>digits);
  if (value < load<i64>(parameters) || value > load<i64>(parameters + 8)) return 0;
  writeInteger(isLong ? 8 : 4);
  if (isLong) writeLong(value);
  else writeInteger(<i32>value);
  return end;
}

function encodeBoolean(position: usize): usize {
  const word = load<u32>(position);
  const isTrue = word == trueWord;
  if (!isTrue && (word != falseWord || load<u8>(position + 4) != 0x65)) return 0;
  writeInteger(1);
  store<u8>(output, isTrue ? 1 : 0);
  output += 1;
  return position + (isTrue ? 4 : 5);
}

function encodeSha256(position: usize): usize {
  const start = position + 1;
  if (load<u8>(position) != quote || load<u8>(start + 64) != quote) return 0;
  for (let at: usize = 0; at < 64; at += vector) if (!i8x16.all_true(areHexDigits(v128.load(start + at)))) return 0;
  writeInteger(64);
  writePlain(start, 64);
  return start + 65;
}

/** Not for a number of so many digits that PostgreSQL has to see it, even where the column is left out. */
function encodeJson(position: usize): usize {
  const end = skipJson(position);
  if (end == 0 || end >= rowEnd) return 0;
  const first = load<u8>(position);
  if ((first == minus || isDigit(first)) && end - position > surelyNumber) return 0;
  writeInteger(<i32>(end - position) + 1);
  store<u8>(output, jsonbVersion);
  output += 1;
  writePlain(position, end - position);
  return end;
}

/** A JSON value as PostgreSQL writes it: no space but behind commas and colons, no exponents, no escapes that it has no need of. */
function skipJson(start: usize): usize {
  let depth: usize = 0;
  let isObject = false;
  let position = start;
  let isBehindValue = false;
  nameCount = 0;
  while (position < rowEnd) {
    if (!isBehindValue) {
      const byte = load<u8>(position);
      if (byte == openingBrace || byte == openingBracket) {
        if (depth == deepest) return 0;
        isObject = byte == openingBrace;
        store<u32>(framesAt + depth * frameSize, isObject ? 1 : 0);
        store<u32>(framesAt + depth * frameSize + 4, nameCount);
        depth += 1;
        position += 1;
        isBehindValue = load<u8>(position) == (isObject ? closingBrace : closingBracket);
        if (isObject && !isBehindValue) position = skipName(position);
        if (position == 0) return 0;
        continue;
      }
      position = byte == quote ? skipString(position) : skipPlainValue(position);
      if (position == 0) return 0;
      isBehindValue = true;
    }
    if (depth == 0) return position;
    const byte = load<u8>(position);
    if (byte == comma) {
      position = skipSpaces(position + 1);
      if (isObject) position = skipName(position);
      if (position == 0) return 0;
      isBehindValue = false;
      continue;
    }
    if (byte != (isObject ? closingBrace : closingBracket)) return 0;
    if (isObject && !closeNames(load<u32>(framesAt + (depth - 1) * frameSize + 4))) return 0;
    depth -= 1;
    position += 1;
    isObject = depth > 0 && load<u32>(framesAt + (depth - 1) * frameSize) == 1;
  }
  return 0;
}

/** A name and its colon. */
function skipName(position: usize): usize {
  if (nameCount == mostNames || load<u8>(position) != quote) return 0;
  let at = position + 1;
  for (;;) {
    const marks = specialIn(v128.load(at));
    if (at >= rowEnd) return 0;
    at += marks == 0 ? vector : ctz(marks);
    if (marks == 0) continue;
    const byte = load<u8>(at);
    if (byte == quote) break;
    if (byte != backslash || meaningOf(at + 1) == 0 || !isCanonical(at)) return 0;
    at += lengthOfEscape(at);
  }
  if (load<u8>(at + 1) != colon) return 0;
  store<u32>(namesAt + <usize>nameCount * nameSize, <u32>(position + 1));
  store<u32>(namesAt + <usize>nameCount * nameSize + 4, <u32>at);
  nameCount += 1;
  return skipSpaces(at + 2);
}

/** Lets go of the names from there on. False: one may stand there twice. */
function closeNames(from: u32): bool {
  if (nameCount - from > fewNames) return false;
  for (let name = from + 1; name < nameCount; name++) {
    const at = namesAt + <usize>name * nameSize;
    const start = <usize>load<u32>(at);
    const length = <usize>load<u32>(at + 4) - start;
    for (let before = from; before < name; before++) {
      const otherAt = namesAt + <usize>before * nameSize;
      const other = <usize>load<u32>(otherAt);
      if (<usize>load<u32>(otherAt + 4) - other == length && isAt(start, other, length)) return false;
    }
  }
  nameCount = from;
  return true;
}

function skipSpaces(position: usize): usize {
  let at = position;
  while (load<u8>(at) == space) at += 1;
  return at;
}

function skipString(position: usize): usize {
  let at = position + 1;
  while (at < rowEnd) {
    const marks = specialIn(v128.load(at));
    at += marks == 0 ? vector : ctz(marks);
    if (marks == 0) continue;
    const byte = load<u8>(at);
    if (byte == quote) return at + 1;
    if (byte != backslash || meaningOf(at + 1) == 0) return 0;
    at += lengthOfEscape(at);
  }
  return 0;
}

function skipPlainValue(position: usize): usize {
  const word = load<u32>(position);
  if (word == nullWord || word == trueWord) return position + 4;
  if (word == falseWord) return load<u8>(position + 4) == 0x65 ? position + 5 : 0;
  return readDecimal(load<u8>(position) == minus ? position + 1 : position);
}

function writePlain(start: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += vector) v128.store(output + at, v128.load(start + at));
  output += length;
}

function writeShort(value: u32): void {
  store<u16>(output, bswap<u16>(<u16>value));
  output += 2;
}

function writeInteger(value: i32): void {
  store<u32>(output, bswap<u32>(<u32>value));
  output += 4;
}

function writeLong(value: i64): void {
  store<u64>(output, bswap<u64>(<u64>value));
  output += 8;
}
