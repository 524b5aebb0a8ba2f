import type { PoolClient } from "pg";
import { z } from "zod";

/** What a files row says of its object. */
export interface StoredFile {
  id: string;
  key: string;
  /** Bytes. */
  size: number;
  /** Lower-case hex. */
  sha256: string;
}

const rowSchema = z.object({
  id: z.string(),
  object_key: z.string(),
  size_bytes: z.string().transform(Number),
  sha256: z.string(),
});

/** Few enough to be nothing in memory, many enough that the queries do not count. */
const page = 1000;

/** Every file, ordered by id, as the client's transaction sees them. */
export async function* storedFiles(client: PoolClient): AsyncGenerator<StoredFile> {
  let after: string | null = null;
  for (;;) {
    const files = await readPage(client, after);
    yield* files;
    if (files.length < page) return;
    after = files.at(-1)?.id ?? null;
  }
}

async function readPage(client: PoolClient, after: string | null): Promise<StoredFile[]> {
  const { rows }: { rows: unknown[] } = await client.query(
    "SELECT id, object_key, size_bytes, sha256 FROM files WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2",
    [after, page],
  );
  return z
    .array(rowSchema)
    .parse(rows)
    .map(({ id, object_key: key, size_bytes: size, sha256 }) => ({ id, key, size, sha256 }));
}
