const kibi = 1024;
const mebi = 1024 * kibi;
const gibi = 1024 * mebi;

/** Upper bounds that hold while a bundle is read, whatever its headers claim. Sizes are in bytes. */
export interface BundleLimits {
  /** Size of the archive. */
  upload: number;
  /** Number of entries, directories counted. */
  entries: number;
  /** Size of one entry once inflated. */
  entry: number;
  /** Size of all entries together once inflated. */
  total: number;
  /** Inflated size of an entry divided by its size in the archive; see ratioFreeBytes. */
  ratio: number;
  /** One row's JSON, white space inside it counted. */
  row: number;
  /** Depth of arrays and objects inside one row or inside the manifest. */
  nesting: number;
  /** Members of a row. */
  columns: number;
  /** Members of an object inside a row, those of the objects that it is in counted. */
  members: number;
  /** Bytes of a row's values, 16 more for each value, counted once for every array and object in the row that they stand in. */
  nested: number;
  /** Inflated size of manifest.json and of checksums.json each. */
  manifest: number;
  /** Bytes of an entry's name. */
  name: number;
}

export const defaultLimits: BundleLimits = {
  // What the bundled nginx and BACKUP_MAX_UPLOAD_BYTES let through unless somebody raises them.
  upload: gibi,
  // 70,000 files, and what belongs to them. Their list takes some 190 bytes of memory for each, up to
  // 290 with the longest names, and going through it some forty milliseconds a thousand.
  entries: 70_100,
  // Data files of real inventories deflate to between a fourth and a tenth, so 8 and 16 times the
  // upload leave room for any honest bundle and bound the time that a crafted one can take.
  entry: 8 * gibi,
  total: 16 * gibi,
  // Deflate reaches 1,032; our writer never passes 100 (see deflate.ts); white space and zeros pass 200.
  ratio: 200,
  // A row is held whole in memory, several times over while it is checked. The largest honest
  // rows carry evidence or a scan's summary, some hundred kB.
  row: 16 * mebi,
  // Twenty times what scanners' output nests, and far from any parser's stack.
  nesting: 256,
  // Tables have some twenty; of those that are unknown here nothing is kept.
  columns: 1_000,
  // Names that may not stand twice are held while an object is read: three million of them, which fit into a row, took a
  // quarter of a gigabyte. The largest honest objects, of evidence or settings, have some thousand.
  members: 100_000,
  // Whoever takes a document apart level by level, as PostgreSQL does, holds so much several times over: up to 750 MiB were seen.
  // Rows of a hundred kilobytes may nest as deep as any, those of the largest honest size thirty deep on average.
  nested: 64 * mebi,
  // About 420 bytes for each file reference, at 70,000 of them.
  manifest: 32 * mebi,
  // files/<uuid>/<100 characters> are 143.
  name: 255,
};

/**
 * Bytes: no row of so many goes beyond a limit but that of its depth. A member has five of them at least; and none counts
 * for more than ten at a level, which "0," comes near to with what a value counts beside its bytes.
 */
export const surelySmallRow = Math.min(5 * defaultLimits.members, defaultLimits.nested / defaultLimits.nesting / 10);

/** Up to this size an entry may inflate by any ratio: logs and dumps that repeat themselves are no bombs. */
export const ratioFreeBytes = 16 * mebi;

/** The limits to hold, where a raised upload limit raises what follows from it. */
export function resolveLimits(given: Partial<BundleLimits> = {}): BundleLimits {
  const upload = given.upload ?? defaultLimits.upload;
  return { ...defaultLimits, entry: 8 * upload, total: 16 * upload, ...given };
}
