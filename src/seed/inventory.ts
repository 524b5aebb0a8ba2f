import type { CheckedSeedOptions } from "./options";
import { inventoryIds, type InventoryIds, type Range } from "./inventory-ids";
import { Source } from "./random";

/** Which rows of each table belong to one organization. */
export interface OrganizationShare {
  readonly index: number;
  readonly id: string;
  readonly assets: Range;
  readonly vulnerabilities: Range;
  readonly scans: Range;
  readonly files: Range;
  readonly reports: Range;
  readonly changes: Range;
}

export interface Inventory {
  readonly source: Source;
  readonly options: CheckedSeedOptions;
  readonly organizations: readonly OrganizationShare[];
  readonly ids: InventoryIds;
}

/** Organizations are of unequal size, the first of the largest. */
const weights = [5, 2, 3, 1] as const;

export const jobsPerScan = 4;

/** Cuts the inventory into the organizations' shares; every row follows from these, its index and the seed. */
export function createInventory(options: CheckedSeedOptions): Inventory {
  const source = new Source(String(options.seed));
  const ids = inventoryIds(source);
  const sizes = Array.from({ length: options.organizations }, (_, index) => weights[index % weights.length] ?? 1);
  const assets = share(options.assets, sizes);
  // A vulnerability stands on an asset, so an organization without assets gets none.
  const exposed = sizes.map((size, index) => (rangeAt(assets, index).count === 0 ? 0 : size));
  const vulnerabilities = share(options.vulnerabilities, exposed);
  const files = share(options.files, sizes);
  const scans = inSuccession(assets.map(({ count }) => 3 + Math.floor(count / 1000)));
  const reports = inSuccession(assets.map(({ count }) => 4 + Math.floor(count / 5000)));
  const changes = inSuccession(assets.map(({ count }) => 14 + Math.floor(count / 10)));
  const organizations = sizes.map((_, index) => ({
    index,
    id: ids.organization(index),
    assets: rangeAt(assets, index),
    vulnerabilities: rangeAt(vulnerabilities, index),
    scans: rangeAt(scans, index),
    files: rangeAt(files, index),
    reports: rangeAt(reports, index),
    changes: rangeAt(changes, index),
  }));
  return { source, options, organizations, ids };
}

/** Every row's index in the whole table and within its organization, organization by organization. */
export function* rowsOf(
  inventory: Inventory,
  table: Exclude<keyof OrganizationShare, "index" | "id">,
): Generator<{ organization: OrganizationShare; index: number; local: number }> {
  for (const organization of inventory.organizations) {
    const { start, count } = organization[table];
    for (let local = 0; local < count; local++) yield { organization, index: start + local, local };
  }
}

/** Cuts a total in proportion to the sizes, leaving nothing over. */
function share(total: number, sizes: readonly number[]): Range[] {
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  let passed = 0;
  return sizes.map((size) => {
    const start = Math.floor((total * passed) / Math.max(whole, 1));
    passed += size;
    return { start, count: Math.floor((total * passed) / Math.max(whole, 1)) - start };
  });
}

function inSuccession(counts: readonly number[]): Range[] {
  let start = 0;
  return counts.map((count) => {
    const range = { start, count };
    start += count;
    return range;
  });
}

function rangeAt(ranges: readonly Range[], index: number): Range {
  return ranges[index] ?? { start: 0, count: 0 };
}
