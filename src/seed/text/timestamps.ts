/** The inventory's "now": fixed, so that the same seed gives the same rows whenever it runs. */
const presentSeconds = Date.UTC(2026, 5, 1) / 1000;

export const secondsPerDay = 86_400;

/**
 * A moment before the inventory's "now", as PostgreSQL reads it: UTC, with the six digits that a Date cannot hold.
 * Both parts are whole numbers: seconds, and microseconds below a million.
 */
export function before(seconds: number, microseconds: number): string {
  const date = new Date((presentSeconds - seconds) * 1000).toISOString();
  return `${date.slice(0, 10)} ${date.slice(11, 19)}.${String(microseconds).padStart(6, "0")}+00`;
}

/** Moments at the edges of what dates can be. */
export const oddMoments = {
  lastMicrosecond: "9999-12-31 23:59:59.999999+00",
  firstAfterEpoch: "1970-01-01 00:00:00.000001+00",
  beforeEpoch: "1901-12-13 20:45:51.999999+00",
} as const;
