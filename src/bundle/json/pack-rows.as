/** Bytes looked at at a time: so many must be there behind the text. */
const vector: usize = 16;

const newline: u8 = 0x0a;
const comma: u8 = 0x2c;
const openingBrace: u8 = 0x7b;
/** What a brace has and a bracket has not. */
const braceBit: u8 = 0x20;

/** In memory, in words: where packed text ends. */
const packedEndAt: usize = 0;
/** Of the rows that are checked: how many began, and bytes and opened brackets of the one that is not complete. */
const rowsAt: usize = 16;
const rowBytesAt: usize = 20;
const openingsAt: usize = 24;
/** What a row may have that is looked at no further. */
const mostBytesAt: usize = 28;
const mostOpeningsAt: usize = 32;

/** Frequencies, then codes, then their lengths of literals and lengths; of distances; and of the lengths of codes. */
const literalsAt: usize = 1024;
const distancesAt: usize = 5 * 1024;
const lengthsAt: usize = 6 * 1024;
/** Bytes for the codes of one alphabet, of which each takes a word. */
const alphabetSize: usize = 1280;
/** For building codes: symbols by frequency, and what becomes of these. */
const sortedAt: usize = 8 * 1024;
const weightsAt: usize = 11 * 1024;
const countsAt: usize = 13 * 1024;
/** The lengths of all codes as they stand in a block's header. */
const runsAt: usize = 14 * 1024;
/** By length of a match less 3: its symbol, and how many bits say the rest. By distance, in two halves: its symbol. */
const lengthSymbolsAt: usize = 16 * 1024;
const distanceSymbolsAt: usize = 17 * 1024;
/** By length of a match less 3: its code, and the bits behind it. */
const lengthCodesAt: usize = 18 * 1024;
/** By six bytes of text: where they stood last. */
const lastSeenAt: usize = 64 * 1024;
const hashBits: u64 = 14;
/** What the text consists of: in two words how many literals, with the symbol of a distance in the upper byte, and what is repeated behind them: length and distance. */
const sequencesAt: usize = 128 * 1024;
/** What of the first word they are: a block has fewer. */
const literalsOfSequence: u32 = 0xffffff;
/** What may be repeated, and behind it a room for packed text. */
const textAt: usize = 704 * 1024;
const packedAt: usize = (704 + 1024 + 1) * 1024;

const literalCount: u32 = 286;
const distanceCount: u32 = 30;
const lengthCount: u32 = 19;
const endOfBlock: u32 = 256;
const longestCode: u32 = 15;
const longestLengthCode: u32 = 7;

/** RFC 1951: how far back a repetition may lie, and how long it may be. */
const farthest: usize = 32 * 1024;
const longestMatch: usize = 258;
/** Shorter repetitions cost as much as their literals: ids and times have many by chance. */
const shortestMatch: usize = 6;
/** Bytes before the text's end in which no repetition is looked for. */
const unsearched: usize = 16;
/** Every sixteen bytes without a repetition, one more is skipped, but never so many that one of usual length is overlooked. */
const patience: usize = 4;
const longestStep: usize = 8;

/** Whether rows are to be looked at more closely, of the bytes from `from` to `end`: some are long, deep or not what they should be. */
export function checkRows(from: u32, end: u32): bool {
  const mostBytes = load<u32>(mostBytesAt);
  const mostOpenings = load<u32>(mostOpeningsAt);
  let rows = load<u32>(rowsAt);
  let rowStart: i32 = <i32>from - <i32>load<u32>(rowBytesAt);
  let openings = load<u32>(openingsAt);
  let isSuspicious = false;
  for (let position = from; position < end; position += <u32>vector) {
    const bytes = v128.load(position);
    const left = end - position;
    const within: u32 = left >= 16 ? 0xffff : (1 << left) - 1;
    const opened = <u32>i8x16.bitmask(i8x16.eq(v128.or(bytes, i8x16.splat(braceBit)), i8x16.splat(openingBrace))) & within;
    let newlines = <u32>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(newline))) & within;
    if (newlines == 0) {
      openings += popcnt(opened);
      continue;
    }
    let counted = opened;
    while (newlines != 0) {
      const bit = ctz(newlines);
      newlines &= newlines - 1;
      const before: u32 = (1 << bit) - 1;
      openings += popcnt(counted & before);
      counted &= ~before;
      const at = position + bit;
      isSuspicious = isSuspicious || openings > mostOpenings || <i32>at - rowStart > <i32>mostBytes;
      isSuspicious = isSuspicious || at + 1 >= end || load<u8>(at - 1) != comma || load<u8>(at + 1) != openingBrace;
      rows += 1;
      rowStart = <i32>at;
      openings = 0;
    }
    openings += popcnt(counted);
  }
  store<u32>(rowsAt, rows);
  store<u32>(rowBytesAt, end - rowStart);
  store<u32>(openingsAt, openings);
  return isSuspicious || openings > mostOpenings || <i32>end - rowStart > <i32>mostBytes;
}

/** Nothing of the text that was packed is repeated from here on. */
export function forgetText(): void {
  memory.fill(lastSeenAt, 0, <usize>4 << <usize>hashBits);
}

/** Makes a block of deflate's (RFC 1951) of text, of which it may repeat what was packed before, and a byte's boundary behind it. */
export function packText(from: u32, end: u32): void {
  memory.fill(literalsAt, 0, alphabetSize);
  memory.fill(distancesAt, 0, 256);
  findSequences(from, end);
  count(literalsAt, endOfBlock);
  makeCodes(literalsAt, literalCount, longestCode);
  makeCodes(distancesAt, distanceCount, longestCode);
  bits = 0;
  bitCount = 0;
  packed = packedAt;
  writeHeader();
  fillLengthCodes();
  writeSequences(from);
  writeCode(literalsAt, endOfBlock);
  // An empty stored block ends on a byte's boundary.
  writeBits(0, 3);
  flushBits();
  packed += <usize>((bitCount + 7) >> 3);
  store<u32>(packed, 0xffff0000);
  packed += 4;
  store<u32>(packedEndAt, <u32>packed);
}

/** Once, before anything else: which symbol stands for which length and distance (RFC 1951, 3.2.5). */
export function fillTables(): void {
  let length: usize = 0;
  for (let symbol: u32 = 0; symbol < 28; symbol++) {
    const extra: usize = symbol < 8 ? 0 : (symbol - 4) >> 2;
    for (let count: usize = 0; count < <usize>1 << extra; count++) store<u8>(lengthSymbolsAt + length++, <u8>symbol);
  }
  // 258 has a symbol of its own.
  store<u8>(lengthSymbolsAt + longestMatch - 3, 28);
  for (let symbol: u32 = 0; symbol < distanceCount; symbol++) {
    const first = firstDistance(symbol);
    const size = <u32>1 << extraOfDistance(symbol);
    if (first <= 256) memory.fill(distanceSymbolsAt + first - 1, <u8>symbol, size);
    else memory.fill(distanceSymbolsAt + 256 + ((first - 1) >> 7), <u8>symbol, size >> 7);
  }
}

@inline
function extraOfDistance(symbol: u32): u32 {
  return symbol < 4 ? 0 : (symbol - 2) >> 1;
}

@inline
function firstDistance(symbol: u32): u32 {
  return symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << extraOfDistance(symbol)) + 1;
}

@inline
function symbolOfDistance(distance: u32): u32 {
  const less = distance - 1;
  return load<u8>(distanceSymbolsAt + (less < 256 ? less : 256 + (less >> 7)));
}

@inline
function extraOfLength(symbol: u32): u32 {
  return symbol < 8 || symbol == 28 ? 0 : (symbol - 4) >> 2;
}

/** Less 3. */
@inline
function firstLength(symbol: u32): u32 {
  if (symbol < 8) return symbol;
  return symbol == 28 ? 255 : (4 + (symbol & 3)) << extraOfLength(symbol);
}

/** Where the literals behind the last repetition are noted, a sequence without one. */
let sequencesEnd: usize = 0;

function findSequences(from: usize, end: usize): void {
  sequencesEnd = sequencesAt;
  let position = from;
  let literals = from;
  const searched = end - min(unsearched, end - from);
  while (position < searched) {
    const seen = lastSeenAt + placeOf(position);
    let before = <usize>load<u32>(seen);
    store<u32>(seen, <u32>position);
    if (before == 0 || position - before > farthest || !areSame(position, before)) {
      position += min(1 + ((position - literals) >> patience), longestStep);
      continue;
    }
    while (position > literals && before > textAt && load<u8>(position - 1) == load<u8>(before - 1)) {
      position -= 1;
      before -= 1;
    }
    const length = sameBytes(position, before, end);
    noteLiterals(literals, position);
    noteMatch(<u32>(position - literals), length, <u32>(position - before));
    const behind = position + length;
    see(position + 1, searched);
    see(behind - 3, searched);
    position = behind;
    literals = behind;
  }
  noteLiterals(literals, end);
  store<u32>(sequencesEnd, <u32>(end - literals));
}

@inline
function placeOf(position: usize): usize {
  return <usize>(((load<u64>(position) << 16) * 0x9e3779b185ebca87) >> (64 - hashBits)) << 2;
}

@inline
function areSame(position: usize, before: usize): bool {
  return (load<u64>(position) ^ load<u64>(before)) << 16 == 0;
}

@inline
function see(position: usize, searched: usize): void {
  if (position < searched) store<u32>(lastSeenAt + placeOf(position), <u32>position);
}

function sameBytes(position: usize, before: usize, end: usize): usize {
  let length: usize = shortestMatch;
  while (position + length + 8 <= end) {
    const different = load<u64>(position + length) ^ load<u64>(before + length);
    if (different != 0) return length + <usize>(ctz(different) >> 3);
    length += 8;
  }
  while (position + length < end && load<u8>(position + length) == load<u8>(before + length)) length += 1;
  return length;
}

function noteLiterals(from: usize, end: usize): void {
  for (let position = from; position < end; position++) count(literalsAt, <u32>load<u8>(position));
}

function noteMatch(literals: u32, length: usize, distance: u32): void {
  let left = length;
  let before = literals;
  while (left > 0) {
    // What is left of a longer one must not be too short for another.
    const part = left <= longestMatch ? left : min(longestMatch, left - 3);
    const symbol = symbolOfDistance(distance);
    store<u32>(sequencesEnd, before | (symbol << 24));
    store<u32>(sequencesEnd + 4, (<u32>(part - 3) << 16) | distance);
    sequencesEnd += 8;
    count(literalsAt, 257 + <u32>load<u8>(lengthSymbolsAt + part - 3));
    count(distancesAt, symbol);
    left -= part;
    before = 0;
  }
}

@inline
function count(alphabet: usize, symbol: u32): void {
  const at = alphabet + (<usize>symbol << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Puts in the place of each symbol's frequency its code, in the order in which bits are sent, and its length in the upper half. */
function makeCodes(alphabet: usize, symbols: u32, longest: u32): void {
  const used = sortByFrequency(alphabet, symbols);
  memory.fill(countsAt, 0, 256);
  if (used == 1) store<u32>(countsAt + 4, 1);
  else if (used > 1) countLengths(used, longest);
  // The rarest have the longest codes.
  let rank: u32 = 0;
  for (let length = longest; length > 0; length--) {
    for (let left = load<u32>(countsAt + (<usize>length << 2)); left > 0; left--) {
      store<u32>(alphabet + (<usize>load<u32>(sortedAt + (<usize>rank << 3)) << 2), length << 16);
      rank += 1;
    }
  }
  assignCodes(alphabet, symbols, longest);
}

/** Of symbols that occur, each with its frequency in the upper half of a long word. */
function sortByFrequency(alphabet: usize, symbols: u32): u32 {
  let used: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const frequency = load<u32>(alphabet + (<usize>symbol << 2));
    if (frequency == 0) continue;
    const entry = (<u64>frequency << 32) | <u64>symbol;
    let at = sortedAt + (<usize>used << 3);
    for (; at > sortedAt && load<u64>(at - 8) > entry; at -= 8) store<u64>(at, load<u64>(at - 8));
    store<u64>(at, entry);
    used += 1;
  }
  return used;
}

/**
 * How many codes of each length there are: Huffman's, after A. Moffat, J. Katajainen: In-place calculation of
 * minimum-redundancy codes (1995), shortened where they are too long.
 */
function countLengths(used: u32, longest: u32): void {
  const n = <i32>used;
  for (let index = 0; index < n; index++) setWeight(index, <u32>(load<u64>(sortedAt + (<usize>index << 3)) >> 32));
  setWeight(0, weight(0) + weight(1));
  let root = 0;
  let leaf = 2;
  for (let next = 1; next < n - 1; next++) {
    let sum: u32 = 0;
    for (let child = 0; child < 2; child++) {
      if (leaf >= n || (root < next && weight(root) < weight(leaf))) {
        sum += weight(root);
        setWeight(root++, <u32>next);
      } else sum += weight(leaf++);
    }
    setWeight(next, sum);
  }
  setWeight(n - 2, 0);
  for (let next = n - 3; next >= 0; next--) setWeight(next, weight(<i32>weight(next)) + 1);
  let available = 1;
  let depth: u32 = 0;
  root = n - 2;
  while (available > 0) {
    let inner = 0;
    while (root >= 0 && weight(root) == depth) {
      inner += 1;
      root -= 1;
    }
    addCount(min(depth, longest), <u32>(available - inner));
    available = 2 * inner;
    depth += 1;
  }
  shorten(longest);
}

/** Codes that were cut to the longest length leave too little room: others give way, one after the other. */
function shorten(longest: u32): void {
  let taken: u32 = 0;
  for (let length: u32 = 1; length <= longest; length++) taken += load<u32>(countsAt + (<usize>length << 2)) << (longest - length);
  while (taken > <u32>1 << longest) {
    addCount(longest, -1);
    for (let length = longest - 1; length > 0; length--) {
      if (load<u32>(countsAt + (<usize>length << 2)) == 0) continue;
      addCount(length, -1);
      addCount(length + 1, 2);
      break;
    }
    taken -= 1;
  }
}

@inline
function weight(index: i32): u32 {
  return load<u32>(weightsAt + (<usize>index << 2));
}

@inline
function setWeight(index: i32, value: u32): void {
  store<u32>(weightsAt + (<usize>index << 2), value);
}

function addCount(length: u32, more: u32): void {
  const at = countsAt + (<usize>length << 2);
  store<u32>(at, load<u32>(at) + more);
}

/** By length, and by symbol among those of one length (RFC 1951, 3.2.2). */
function assignCodes(alphabet: usize, symbols: u32, longest: u32): void {
  const nextAt = countsAt + 128;
  let code: u32 = 0;
  for (let length: u32 = 1; length <= longest; length++) {
    code = (code + load<u32>(countsAt + (<usize>(length - 1) << 2))) << 1;
    store<u32>(nextAt + (<usize>length << 2), code);
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const at = alphabet + (<usize>symbol << 2);
    const length = load<u32>(at) >> 16;
    if (length == 0) continue;
    const next = nextAt + (<usize>length << 2);
    store<u32>(at, (length << 16) | reversed(load<u32>(next), length));
    store<u32>(next, load<u32>(next) + 1);
  }
}

function reversed(code: u32, length: u32): u32 {
  let result: u32 = 0;
  for (let bit: u32 = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}

/** Bits that are not written yet, the first one lowest, and where the next ones go. */
let bits: u64 = 0;
let bitCount: u64 = 0;
let packed: usize = 0;

@inline
function writeBits(value: u64, length: u32): void {
  bits |= value << bitCount;
  bitCount += <u64>length;
}

/** Leaves less than a byte: 56 bits may be written then. */
@inline
function flushBits(): void {
  store<u64>(packed, bits);
  packed += <usize>(bitCount >> 3);
  bits >>= bitCount & 56;
  bitCount &= 7;
}

@inline
function writeCode(alphabet: usize, symbol: u32): void {
  const code = load<u32>(alphabet + (<usize>symbol << 2));
  writeBits(code & 0xffff, code >> 16);
}

/** In which order the lengths of the codes of lengths stand: 16, 17, 18, 0, 8, 7, 9, … (RFC 1951, 3.2.7). */
@inline
function orderOfLengths(index: u32): u32 {
  if (index < 4) return index == 3 ? 0 : 16 + index;
  const distance = (index - 3) >> 1;
  return (index & 1) == 0 ? 8 + distance : 8 - distance;
}

function writeHeader(): void {
  const literals = usedOf(literalsAt, literalCount, 257);
  const distances = usedOf(distancesAt, distanceCount, 1);
  memory.fill(lengthsAt, 0, 128);
  const runs = findRuns(literals, distances);
  for (let run: u32 = 0; run < runs; run++) count(lengthsAt, <u32>load<u8>(runsAt + (<usize>run << 1)));
  makeCodes(lengthsAt, lengthCount, longestLengthCode);
  let lengths = lengthCount;
  while (lengths > 4 && load<u32>(lengthsAt + (<usize>orderOfLengths(lengths - 1) << 2)) == 0) lengths -= 1;
  // Not the last block, with codes of its own.
  writeBits(4, 3);
  writeBits(literals - 257, 5);
  writeBits(distances - 1, 5);
  writeBits(lengths - 4, 4);
  flushBits();
  for (let index: u32 = 0; index < lengths; index++) {
    writeBits(load<u32>(lengthsAt + (<usize>orderOfLengths(index) << 2)) >> 16, 3);
    flushBits();
  }
  for (let run: u32 = 0; run < runs; run++) {
    const symbol = <u32>load<u8>(runsAt + (<usize>run << 1));
    writeCode(lengthsAt, symbol);
    if (symbol >= 16) writeBits(load<u8>(runsAt + (<usize>run << 1) + 1), symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
    flushBits();
  }
}

/** Without those at the end that have no code, but so many at least. */
function usedOf(alphabet: usize, symbols: u32, least: u32): u32 {
  let used = symbols;
  while (used > least && load<u32>(alphabet + (<usize>(used - 1) << 2)) == 0) used -= 1;
  return used;
}

/** The lengths of all codes, one after the other: each a symbol and what it says of how often (RFC 1951, 3.2.7). */
function findRuns(literals: u32, distances: u32): u32 {
  const all = literals + distances;
  let runs: u32 = 0;
  for (let index: u32 = 0; index < all; ) {
    const length = lengthAt(index, literals);
    let times: u32 = 1;
    while (index + times < all && lengthAt(index + times, literals) == length) times += 1;
    index += times;
    if (length != 0) {
      runs = addRun(runs, length, 0);
      times -= 1;
    }
    while (times > 0) {
      const isZero = length == 0;
      if (times < 3) {
        runs = addRun(runs, length, 0);
        times -= 1;
      } else if (isZero && times > 10) {
        const part = min(times, 138);
        runs = addRun(runs, 18, part - 11);
        times -= part;
      } else {
        const part = min(times, isZero ? 10 : 6);
        runs = addRun(runs, isZero ? 17 : 16, part - 3);
        times -= part;
      }
    }
  }
  return runs;
}

@inline
function lengthAt(index: u32, literals: u32): u32 {
  const at = index < literals ? literalsAt + (<usize>index << 2) : distancesAt + (<usize>(index - literals) << 2);
  return load<u32>(at) >> 16;
}

function addRun(runs: u32, symbol: u32, extra: u32): u32 {
  store<u8>(runsAt + (<usize>runs << 1), <u8>symbol);
  store<u8>(runsAt + (<usize>runs << 1) + 1, <u8>extra);
  return runs + 1;
}

/** What of the text is repeated, and its literals. The bits at hand are in variables of this function's own: those of all functions cost a load and a store each time. */
function writeSequences(from: usize): void {
  let held = bits;
  let heldBits = bitCount;
  let out = packed;
  let position = from;
  for (let at = sequencesAt; at <= sequencesEnd; at += 8) {
    const sequence = load<u32>(at);
    const end = position + <usize>(sequence & literalsOfSequence);
    // Three codes have 45 bits at most.
    for (; position + 3 <= end; position += 3) {
      const first = codeOfLiteral(position);
      held |= (first & 0xffff) << heldBits;
      heldBits += first >> 16;
      const second = codeOfLiteral(position + 1);
      held |= (second & 0xffff) << heldBits;
      heldBits += second >> 16;
      const third = codeOfLiteral(position + 2);
      held |= (third & 0xffff) << heldBits;
      heldBits += third >> 16;
      store<u64>(out, held);
      out += <usize>(heldBits >> 3);
      held >>= heldBits & 56;
      heldBits &= 7;
    }
    for (; position < end; position++) {
      const code = codeOfLiteral(position);
      held |= (code & 0xffff) << heldBits;
      heldBits += code >> 16;
    }
    store<u64>(out, held);
    out += <usize>(heldBits >> 3);
    held >>= heldBits & 56;
    heldBits &= 7;
    if (at == sequencesEnd) break;
    // At most 15 and 5 bits, and 15 and 13, behind 7.
    const match = load<u32>(at + 4);
    const length = match >> 16;
    const lengthCode = <u64>load<u32>(lengthCodesAt + (<usize>length << 2));
    held |= (lengthCode & 0xffffff) << heldBits;
    heldBits += lengthCode >> 24;
    const distance = match & 0xffff;
    const symbol = sequence >> 24;
    const distanceCode = <u64>load<u32>(distancesAt + (<usize>symbol << 2));
    held |= (distanceCode & 0xffff) << heldBits;
    heldBits += distanceCode >> 16;
    held |= <u64>(distance - firstDistance(symbol)) << heldBits;
    heldBits += <u64>extraOfDistance(symbol);
    store<u64>(out, held);
    out += <usize>(heldBits >> 3);
    held >>= heldBits & 56;
    heldBits &= 7;
    position += <usize>length + 3;
  }
  bits = held;
  bitCount = heldBits;
  packed = out;
}

@inline
function codeOfLiteral(position: usize): u64 {
  return <u64>load<u32>(literalsAt + (<usize>load<u8>(position) << 2));
}

/** By length of a match less 3: its code and the bits behind it, and how many these are in the upper byte. */
function fillLengthCodes(): void {
  for (let length: u32 = 0; length < 256; length++) {
    const symbol = <u32>load<u8>(lengthSymbolsAt + length);
    const code = load<u32>(literalsAt + (<usize>(257 + symbol) << 2));
    const codeLength = code >> 16;
    const value = (code & 0xffff) | ((length - firstLength(symbol)) << codeLength);
    store<u32>(lengthCodesAt + (<usize>length << 2), value | ((codeLength + extraOfLength(symbol)) << 24));
  }
}
