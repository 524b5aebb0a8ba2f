import { afterAll, beforeAll, expect, test } from "vitest";

import { exportedTables } from "@/backup";
import { RowErrors } from "@/backup/plan/row-errors";
import { stageRows } from "@/backup/plan/stage-rows";
import { RowEncoding } from "@/backup/rows/row-encoding";
import { inTransaction } from "@/backup/rows/transaction";

import { createTestDatabase, type TestDatabase } from "../support/postgres";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("however few rows come at a time, few batches are under way", async () => {
  const table = exportedTables.find(({ name }) => name === "scopes");
  if (table === undefined) throw new Error("There is no table scopes");
  const batches = 500;
  let taken = 0;
  let most = 0;
  /** Rows that lie as far apart as white space may make them. */
  async function* rows(): AsyncGenerator<Buffer[]> {
    for (let read = 1; read <= batches; read++) {
      most = Math.max(most, read - taken);
      yield [Buffer.from("{}")];
    }
  }
  const giveWay = () => Promise.resolve(void (taken += 1));
  await inTransaction(database.pool, "BEGIN", new AbortController().signal, async ({ client }) => {
    const source = { client, bundle: { hasTable: () => true, rows }, encoding: new RowEncoding(0), giveWay };
    await stageRows(source, table, "everything", new RowErrors(), () => undefined);
  });
  expect(taken).toBe(batches);
  expect(most).toBeLessThan(12);
});
