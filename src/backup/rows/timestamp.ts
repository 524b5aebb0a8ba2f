/** PostgreSQL's last year, as in its manual's table of date types. */
const lastYear = 294_276;
/** Its first, of which it has the days from 24 November on; it says itself what is out of its range. */
const firstYearBeforeChrist = 4714;

const form =
  /^(\d{4,6})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?(?:Z|[+-](\d\d)(?::?(\d\d))?(?::(\d\d))?)( BC)?$/;

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether PostgreSQL reads this text as a timestamptz without changing it, or refuses it as
 * out of its range: ISO 8601 with an offset and at most microseconds, the day one that
 * exists, or (-)infinity.
 */
export function isTimestamp(text: string): boolean {
  if (text === "infinity" || text === "-infinity") return true;
  const parts = form.exec(text);
  if (parts === null) return false;
  const [, year, month, day, hour, minute, second, offsetHour = "0", offsetMinute = "0", , beforeChrist] = parts;
  const years = Number(year);
  if (years < 1 || years > (beforeChrist === undefined ? lastYear : firstYearBeforeChrist)) return false;
  const months = Number(month);
  if (months < 1 || months > 12) return false;
  const astronomicalYear = beforeChrist === undefined ? years : 1 - years;
  const days = (daysInMonth[months - 1] ?? 0) + (months === 2 && isLeapYear(astronomicalYear) ? 1 : 0);
  return (
    Number(day) >= 1 &&
    Number(day) <= days &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59 &&
    Number(offsetHour) <= 15 &&
    Number(offsetMinute) <= 59
  );
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
