import { pipeline } from "node:stream/promises";

import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";

/** The format's signature, no flags, no extension (PostgreSQL manual, COPY, "Binary Format"). */
const header = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

/**
 * Streams lines that CopyBuffer made into a table.
 *
 * @param target the table, quoted, and the columns that the lines have
 */
export async function copyIn(client: PoolClient, target: string, lines: AsyncIterable<Buffer>): Promise<void> {
  await pipeline(async function* () {
    yield header;
    yield* lines;
    yield trailer;
  }, client.query(copyFrom(`COPY ${target} FROM STDIN WITH (FORMAT binary)`)));
}
