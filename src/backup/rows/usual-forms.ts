import { daysSince2000 } from "./timestamp";

/**
 * Look at bytes where they lie for the forms in which exports write values. They answer true, or
 * what the value is, only where the rule itself would; for false, NaN and null the rule is asked.
 */

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const dash = 0x2d;
const colon = 0x3a;
const quote = 0x22;
const comma = 0x2c;
const point = 0x2e;

/** 285 years from 2000 on, and before, are 2^53 microseconds. */
const firstYear = 1800;
const lastYear = 2200;
/** By month from 1 on. */
const daysEveryYear = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

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

/**
 * Microseconds since 2000-01-01 of a timestamp as PostgreSQL writes it in UTC, YYYY-MM-DDTHH:MM:SS+00:00
 * with up to six decimals of a second. NaN for other forms, for 29 February, and for years that
 * 64 bits of a float may not hold to the microsecond.
 */
export function utcMicrosecondsAt(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length < 25 || length > 32 || length === 26) return Number.NaN;
  if (bytes[start + 4] !== dash || bytes[start + 7] !== dash || bytes[start + 10] !== 0x54) return Number.NaN;
  if (bytes[start + 13] !== colon || bytes[start + 16] !== colon) return Number.NaN;
  const zone = end - 6;
  if (bytes[zone] !== 0x2b || bytes[zone + 3] !== colon || !isZeros(bytes, zone + 1) || !isZeros(bytes, zone + 4)) return Number.NaN;
  let fraction = 0;
  if (length > 25) {
    if (bytes[start + 19] !== 0x2e) return Number.NaN;
    for (let position = start + 20; position < start + 26; position++) {
      const digit = position < zone ? (bytes[position] ?? 0) : 0x30;
      if (!isDigit(digit)) return Number.NaN;
      fraction = fraction * 10 + digit - 0x30;
    }
  }
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  const hour = twoDigits(bytes, start + 11);
  const minute = twoDigits(bytes, start + 14);
  const second = twoDigits(bytes, start + 17);
  const isUsual =
    year >= firstYear && year <= lastYear && month >= 1 && day >= 1 && day <= (daysEveryYear[month] ?? 0) && hour <= 23 && minute <= 59 && second <= 59;
  if (!isUsual) return Number.NaN;
  return (((daysSince2000(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1e6 + fraction;
}

/** How many elements an array of strings has, sound JSON without escapes and without space between its tokens; null for others. */
export function plainListLength(bytes: Buffer, start: number, end: number): number | null {
  let position = start + 1;
  if (position === end - 1) return 0;
  for (let elements = 1; ; elements++) {
    if (bytes[position] !== quote) return null;
    const closing = bytes.indexOf(quote, position + 1);
    const next = bytes[closing + 1];
    if (closing === -1 || closing >= end - 1) return null;
    if (closing + 1 === end - 1) return elements;
    if (next !== comma) return null;
    position = closing + 2;
  }
}

/**
 * The number that a JSON number of at most 15 digits without sign and exponent is: their quotient
 * by a power of ten, both of which a float holds exactly, is rounded once, as it should be. NaN for others.
 */
export function shortDecimalAt(bytes: Buffer, start: number, end: number): number {
  if (end - start > 16) return Number.NaN;
  let digits = 0;
  let divisor = 1;
  let isBehindPoint = false;
  for (let position = start; position < end; position++) {
    const byte = bytes[position] ?? 0;
    if (byte === point) {
      isBehindPoint = true;
    } else if (isDigit(byte)) {
      digits = digits * 10 + byte - 0x30;
      if (isBehindPoint) divisor *= 10;
    } else return Number.NaN;
  }
  return digits < 1e15 ? digits / divisor : Number.NaN;
}

/** A JSON number of at most nine characters, without sign and exponent and with at most four decimals, in ten thousandths. NaN for others. */
export function tenThousandthsAt(bytes: Buffer, start: number, end: number): number {
  if (end - start > 9) return Number.NaN;
  let digits = 0;
  let decimals = -1;
  for (let position = start; position < end; position++) {
    const byte = bytes[position] ?? 0;
    if (byte === point) decimals = 0;
    else if (isDigit(byte)) {
      digits = digits * 10 + byte - 0x30;
      if (decimals >= 0) decimals += 1;
    } else return Number.NaN;
  }
  return decimals > 4 ? Number.NaN : digits * 10 ** (4 - Math.max(decimals, 0));
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
