import type { Random, Source } from "./random";

/** Rows of a table that belong together, by their index in the whole table. */
export interface Range {
  readonly start: number;
  readonly count: number;
}

/** Seeded users: fixed in number, so that their secrets are known whatever the size of the inventory. */
export const userCount = 6;

/** The rows' ids, by the row's index in its table. */
export interface InventoryIds {
  readonly organization: (index: number) => string;
  readonly asset: (index: number) => string;
  readonly scan: (index: number) => string;
  readonly scanJob: (index: number) => string;
  readonly vulnerability: (index: number) => string;
  readonly file: (index: number) => string;
  readonly user: (index: number) => string;
  /** One of the users, for who created, approved or resolved something. */
  readonly anyUser: (random: Random) => string;
  /** One row out of a range, or null where it is empty. */
  readonly oneOf: (range: Range, id: (index: number) => string, random: Random) => string | null;
}

export function inventoryIds(source: Source): InventoryIds {
  const users = Array.from({ length: userCount }, (_, index) => source.uuid("users", index));
  const user = (index: number) => users[index % userCount] ?? source.uuid("users", 0);
  return {
    organization: (index) => source.uuid("organizations", index),
    asset: (index) => source.uuid("assets", index),
    scan: (index) => source.uuid("scans", index),
    scanJob: (index) => source.uuid("scan_jobs", index),
    vulnerability: (index) => source.uuid("vulnerabilities", index),
    file: (index) => source.uuid("files", index),
    user,
    anyUser: (random) => user(random.integer(userCount)),
    oneOf: (range, id, random) => (range.count === 0 ? null : id(range.start + random.integer(range.count))),
  };
}
