/**
 * Looks at bytes where they lie for the forms in which exports write values. They answer
 * true only for what the rule itself takes; for what they don't know, the rule is asked.
 */

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const dash = 0x2d;
const colon = 0x3a;
const quote = 0x22;
const comma = 0x2c;

const hexDigits = new Uint8Array(256);
for (const digit of "0123456789abcdefABCDEF") hexDigits[digit.charCodeAt(0)] = 1;

/** 8-4-4-4-12 hexadecimal digits, in either case. */
export function isUuidAt(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== 36) return false;
  for (let index = 0; index < 36; index++) {
    const byte = bytes[start + index] ?? 0;
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (byte !== dash) return false;
    } else if (hexDigits[byte] !== 1) return false;
  }
  return true;
}

/** As PostgreSQL writes it in UTC: YYYY-MM-DDTHH:MM:SS+00:00, up to six decimals of a second, on a day that every month has. */
export function isUtcTimestampAt(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length < 25 || length > 32 || length === 26) return false;
  if (bytes[start + 4] !== dash || bytes[start + 7] !== dash || bytes[start + 10] !== 0x54) return false;
  if (bytes[start + 13] !== colon || bytes[start + 16] !== colon) return false;
  const zone = end - 6;
  if (bytes[zone] !== 0x2b || bytes[zone + 3] !== colon || !isZeros(bytes, zone + 1) || !isZeros(bytes, zone + 4)) return false;
  if (length > 25) {
    if (bytes[start + 19] !== 0x2e) return false;
    for (let position = start + 20; position < zone; position++) if (!isDigit(bytes[position] ?? 0)) return false;
  }
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  return (
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 28 &&
    twoDigits(bytes, start + 11) <= 23 &&
    twoDigits(bytes, start + 14) <= 59 &&
    twoDigits(bytes, start + 17) <= 59
  );
}

/** An array of strings, sound JSON without escapes and without space between its tokens. */
export function isPlainListAt(bytes: Buffer, start: number, end: number): boolean {
  let position = start + 1;
  if (position === end - 1) return true;
  for (;;) {
    if (bytes[position] !== quote) return false;
    const closing = bytes.indexOf(quote, position + 1);
    const next = bytes[closing + 1];
    if (closing === -1 || closing >= end - 1) return false;
    if (closing + 1 === end - 1) return true;
    if (next !== comma) return false;
    position = closing + 2;
  }
}

/** NaN where there is something else than two digits, which fails every comparison. */
function twoDigits(bytes: Buffer, position: number): number {
  const tens = bytes[position] ?? 0;
  const ones = bytes[position + 1] ?? 0;
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : Number.NaN;
}

function isZeros(bytes: Buffer, position: number): boolean {
  return bytes[position] === 0x30 && bytes[position + 1] === 0x30;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
