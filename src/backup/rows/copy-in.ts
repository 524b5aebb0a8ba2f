import { pipeline } from "node:stream/promises";

import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";

import { collectEach } from "@/memory/collect";
import { release } from "@/memory/release";

/** The format's signature, no flags, no extension (PostgreSQL manual, COPY, "Binary Format"). */
const header = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

/** Bytes that are sent at a time: for less, waking up PostgreSQL takes it and this thread longer than the bytes. */
const pieceBytes = 256 * 1024;

/** With the rows and lines under way, less than makes V8 mark its heap. */
const countUsedUp = collectEach(4 * 1024 * 1024);

/**
 * Streams lines that CopyBuffer made into a table.
 *
 * @param target the table, quoted, and the columns that the lines have
 * @param lines no longer the caller's
 */
export async function copyIn(client: PoolClient, target: string, lines: AsyncIterable<Buffer>): Promise<void> {
  await pipeline(async function* () {
    yield header;
    yield* piecesOf(lines);
    yield trailer;
  }, client.query(copyFrom(`COPY ${target} FROM STDIN WITH (FORMAT binary)`)));
}

/** The same bytes in larger pieces. */
async function* piecesOf(lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let piece: Buffer | null = null;
  let filled = 0;
  for await (const some of lines) {
    for (let taken = 0; taken < some.length; ) {
      piece ??= Buffer.allocUnsafeSlow(pieceBytes);
      const copied = some.copy(piece, filled, taken);
      taken += copied;
      filled += copied;
      if (filled < pieceBytes) continue;
      yield piece;
      // The connection does not say when it has let go of it.
      countUsedUp(pieceBytes);
      piece = null;
      filled = 0;
    }
    release(some);
  }
  if (piece === null) return;
  yield piece.subarray(0, filled);
  countUsedUp(pieceBytes);
}
