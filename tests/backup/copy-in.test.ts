import type { PoolClient } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { CopyBuffer } from "@/backup/rows/copy-buffer";
import { copyIn } from "@/backup/rows/copy-in";
import { inTransaction } from "@/backup/rows/transaction";

import { createTestDatabase, type TestDatabase } from "../support/postgres";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const lineBytes = 1_000;

/** Lines of a number and a text, in buffers of as many as are said. */
async function* linesIn(buffers: readonly number[]): AsyncGenerator<Buffer> {
  const output = new CopyBuffer(64 * 1024);
  const text = "x".repeat(lineBytes);
  let number = 0;
  for (const lines of buffers) {
    for (let line = 0; line < lines; line++) {
      output.startLine(2);
      output.integer(number++);
      output.text(text);
    }
    yield output.take();
  }
}

function withTable<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return inTransaction(database.pool, "BEGIN", new AbortController().signal, async ({ client }) => {
    await client.query("CREATE TEMPORARY TABLE lines (number integer, text text) ON COMMIT DROP");
    return work(client);
  });
}

test("lines arrive in their order, whatever the buffers they come in", async () => {
  // Nothing, one line, just under and over a piece, several pieces.
  const buffers = [0, 1, 20, 236, 1, 30, 1_200, 0, 3];
  const found = await withTable(async (client) => {
    await copyIn(client, "lines (number, text)", linesIn(buffers));
    const { rows } = await client.query<{ count: string; sound: boolean }>(
      `SELECT count(*), bool_and(number = row - 1 AND text = repeat('x', ${lineBytes})) AS sound
       FROM (SELECT number, text, row_number() OVER (ORDER BY ctid) AS row FROM lines) numbered`,
    );
    return rows[0];
  });
  expect(found).toEqual({ count: String(buffers.reduce((sum, lines) => sum + lines, 0)), sound: true });
});

test("however many lines there are, few of their buffers lie about", async () => {
  const megabytes = 120;
  // As small as those of a batch of rows of which little is staged.
  const buffers = Array.from({ length: (megabytes * 1_000_000) / (20 * lineBytes) }, () => 20);
  const held: number[] = [];
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const lines of linesIn(buffers)) {
      held.push(process.memoryUsage().external);
      yield lines;
    }
  }
  await withTable((client) => copyIn(client, "lines (number, text)", watched()));
  const [least = 0, ninth = 0] = [0, 0.9].map((share) => held.sort((a, b) => a - b)[Math.floor(share * held.length)]);
  // With some eight megabytes more than there were V8 would begin to mark the heap. What was collected is freed by another thread, at its leisure.
  expect((ninth - least) / 1_000_000).toBeLessThan(7);
});
