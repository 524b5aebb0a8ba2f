/** One way to write figures everywhere. Moments are in UTC, and say so. */

const counts = new Intl.NumberFormat("en");

const dateTimes = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
});

const units = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

export function formatCount(value: number | bigint): string {
  return counts.format(value);
}

/** "1 row", "2 rows": the count with what is counted. */
export function formatQuantity(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** In powers of 1,000, as disks and networks are sold; three digits are enough to compare. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) return value === 1 ? "1 byte" : `${value} bytes`;
  return `${value.toPrecision(3).includes("e") ? Math.round(value) : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** @param value ISO 8601; what no Date can hold (PostgreSQL knows the year 294276) is shown as it is */
export function formatDateTime(value: string): string {
  if (Number.isNaN(Date.parse(value))) return value;
  return `${dateTimes.format(new Date(value)).replace(",", "")} UTC`;
}

export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(`${minutes} min`, Math.floor(seconds % 60), "s");
  return joined(`${Math.floor(minutes / 60)} h`, minutes % 60, "min");
}

function joined(whole: string, rest: number, unit: string): string {
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`;
}
