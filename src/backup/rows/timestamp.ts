/** PostgreSQL's last year, as in its manual's table of date types. */
const lastYear = 294_276;
/** Its first, of which it has the days from 24 November on; it says itself what is out of its range. */
const firstYearBeforeChrist = 4714;

const form =
  /^(\d{4,6})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d)(?:(\d\d)|:(\d\d)(?::(\d\d))?)?)( BC)?$/;

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What PostgreSQL has in their place. */
const infinity = 2n ** 63n - 1n;
const minusInfinity = -(2n ** 63n);

/**
 * Microseconds since 2000-01-01 of what PostgreSQL reads as a timestamptz without changing it,
 * or refuses as out of its range: ISO 8601 with an offset and at most microseconds, the day one
 * that exists, or (-)infinity. Null for anything else.
 */
export function microsecondsOf(text: string): bigint | null {
  if (text === "infinity") return infinity;
  if (text === "-infinity") return minusInfinity;
  const parts = form.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHour = "0", shortMinute, offsetMinute = shortMinute ?? "0", offsetSecond = "0", beforeChrist] = parts;
  const years = Number(year);
  if (years < 1 || years > (beforeChrist === undefined ? lastYear : firstYearBeforeChrist)) return null;
  const months = Number(month);
  if (months < 1 || months > 12) return null;
  const astronomicalYear = beforeChrist === undefined ? years : 1 - years;
  const days = (daysInMonth[months - 1] ?? 0) + (months === 2 && isLeapYear(astronomicalYear) ? 1 : 0);
  const exists =
    Number(day) >= 1 &&
    Number(day) <= days &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59 &&
    Number(offsetHour) <= 15 &&
    Number(offsetMinute) <= 59 &&
    Number(offsetSecond) <= 59;
  if (!exists) return null;
  const local = daysSince2000(astronomicalYear, months, Number(day)) * secondsOfDay + inSeconds(hour, minute, second);
  const offset = inSeconds(offsetHour, offsetMinute, offsetSecond);
  return BigInt(sign === "-" ? local + offset : local - offset) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

const secondsOfDay = 86_400;

function inSeconds(hours: string | undefined, minutes: string | undefined, seconds: string | undefined): number {
  return (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** Of the Gregorian calendar, before it was made as well; the year before 1 is 0. Counts from 1 March, so that a leap day comes last. */
export function daysSince2000(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const marchMonth = month <= 2 ? month + 9 : month - 3;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - daysBefore2000;
}

/** What the same counts for 2000-01-01, which thereby is 0. */
const daysBefore2000 = 730_426;

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
