import type { PoolClient } from "pg";
import { DatabaseError } from "pg";
import { z } from "zod";

import type { Bundle } from "@/bundle";

import { inOrder } from "../in-order";
import type { Warning } from "../report";
import { copyIn } from "../rows/copy-in";
import type { EncodedBatch } from "../rows/encode-batch";
import { indexedLines, type LineForm } from "../rows/line-form";
import type { RowEncoding, TableEncoding } from "../rows/row-encoding";
import { identifier, identifiers } from "../rows/sql";
import type { TableDefinition } from "../tables";
import type { RowErrors } from "./row-errors";
import { rowsSampled } from "./row-samples";
import { StagedTable } from "./staged-table";

/** Of rows: so much that every encoding thread has the next batch of some 100 kB at hand, and one of rows of megabytes goes alone. */
const bytesUnderWay = 1024 * 1024;
/** What a batch counts for at least: where rows lie far apart, each has few, and what is told of its faults is more than they are. */
const leastBatchBytes = 128 * 1024;

/** Rows of a bundle, and the transaction that they go to. */
export interface RowSource {
  client: PoolClient;
  bundle: Pick<Bundle, "hasTable" | "rows">;
  encoding: RowEncoding;
  giveWay: (() => Promise<void>) | undefined;
}

/**
 * Streams a table's rows out of the bundle into a temporary table of the same columns,
 * checking every value. Rows that are not what the table holds end up in `errors`.
 */
export async function stageRows(
  source: RowSource,
  table: TableDefinition,
  extent: StageExtent,
  errors: RowErrors,
  onRows: (rows: number) => void,
): Promise<{ staged: StagedTable; warnings: Warning[] }> {
  const staged = new StagedTable(table);
  const prepare = () => createStage(source.client, staged);
  const leaveOut = leftOut(table, extent);
  const form = { ...indexedLines, leaveOut };
  staged.isPartial = leaveOut !== null;
  return { staged, warnings: await copyRows(source, staged, form, prepare, errors, onRows) };
}

/**
 * How much of the rows is staged.
 * - everything: to be compared with what is here, or written.
 * - identity: what says which row it is and what it refers to.
 * - identity and samples: that, and the first rows in full, to be looked at.
 */
export type StageExtent = "everything" | "identity" | "identity and samples";

/** Files stay whole: their objects are held against what their rows say. */
function leftOut(table: TableDefinition, extent: StageExtent): LineForm["leaveOut"] {
  if (table.name === "files" || extent === "everything") return null;
  const columns = Object.entries(table.columns).flatMap(([name, { references, user }]) => {
    const isNeeded = name === "id" || references !== null || user !== null || table.naturalKey.includes(name);
    return isNeeded ? [] : [name];
  });
  return { from: extent === "identity" ? 0 : rowsSampled, columns: new Set(columns) };
}

/**
 * Copies a table's rows into staged.stage, which `prepare` makes once the bundle's columns
 * are known. Notes in `staged` what they turn out to be.
 */
export async function copyRows(
  { client, bundle, encoding, giveWay }: RowSource,
  staged: StagedTable,
  form: LineForm,
  prepare: () => Promise<void>,
  errors: RowErrors,
  onRows: (rows: number) => void,
): Promise<Warning[]> {
  const { definition: table } = staged;
  let isSound = true;
  staged.beginReading();
  const encoded = encoding.begin({ table, requiredColumns: await findRequiredColumns(client, table), form });
  const lines = bundle.hasTable(table.name) ? encodedLines(bundle.rows(table.name), encoded, giveWay, note) : noLines();
  // The columns are known as soon as there is a line.
  const first = await lines.next();
  await prepare();
  if (first.done !== true) await copyLines(client, staged, form, first.value, lines, errors);
  // Of a table that holds nothing else, PostgreSQL guesses well enough what the one check that follows needs.
  if (!staged.isWritten) await client.query(`ANALYZE ${staged.stage} (id)`);
  return unknownColumnWarnings(table, staged.unknownColumns);

  /** @returns the batch's lines, or none once anything was wrong with the table, so that line n is row n */
  function note(batch: EncodedBatch): readonly Buffer[] {
    isSound &&= batch.errorCount === 0;
    staged.note(batch);
    for (const error of batch.errors) errors.add(error);
    errors.addUntold(batch.errorCount - batch.errors.length);
    errors.throwIfMany();
    onRows(staged.rows);
    return isSound ? batch.lines : [];
  }
}

/** Tells PostgreSQL about what later queries join by. Statistics of the other columns, JSON above all, cost much and serve nobody. */
export async function analyseStage(client: PoolClient, staged: StagedTable): Promise<void> {
  const { columns, naturalKey } = staged.definition;
  const joined = staged.columns.filter((name) => name === "id" || naturalKey.includes(name) || columns[name]?.references !== null);
  await client.query(`ANALYZE ${staged.stage} (${identifiers(joined)})`);
}

async function createStage(client: PoolClient, staged: StagedTable): Promise<void> {
  await client.query(
    `CREATE TEMPORARY TABLE ${staged.stage} ON COMMIT DROP AS
     SELECT 0::integer AS row_index, ${identifiers(staged.columns)} FROM ${identifier(staged.name)} WITH NO DATA`,
  );
  // A few hundred rows are enough to tell that no id stands twice, and say how many rows there are.
  await client.query(`ALTER TABLE ${staged.stage} ALTER COLUMN id SET STATISTICS 1`);
}

async function* encodedLines(
  rows: AsyncIterable<Buffer[]>,
  encoded: TableEncoding,
  giveWay: (() => Promise<void>) | undefined,
  note: (batch: EncodedBatch) => readonly Buffer[],
): AsyncGenerator<Buffer, void> {
  for await (const batch of inOrder(rows, bytesUnderWay, (some) => encoded.encode(some), bytesOf)) {
    await giveWay?.();
    yield* note(batch);
  }
}

function bytesOf(rows: readonly Buffer[]): number {
  return Math.max(leastBatchBytes, rows.reduce((sum, { length }) => sum + length, 0));
}

async function* noLines(): AsyncGenerator<Buffer, void> {}

async function copyLines(
  client: PoolClient,
  staged: StagedTable,
  form: LineForm,
  first: Buffer,
  rest: AsyncGenerator<Buffer, void>,
  errors: RowErrors,
): Promise<void> {
  const columns = identifiers([...(form.indexed ? ["row_index"] : []), ...staged.columns]);
  const lines = async function* () {
    try {
      yield first;
      yield* rest;
    } finally {
      await rest.return();
    }
  };
  try {
    await copyIn(client, `${staged.stage} (${columns})`, lines());
  } catch (error) {
    const refusal = refusedLine(error, staged.name);
    if (refusal === null) throw error;
    errors.add({ code: "value_invalid", table: staged.name, ...refusal });
    errors.throwIfAny();
  }
}

/** Data exceptions and exceeded limits (SQLSTATE classes 22 and 54) name the line: values that passed our checks and PostgreSQL cannot hold. */
function refusedLine(error: unknown, table: string): { row?: number; column?: string; message: string } | null {
  if (!(error instanceof DatabaseError) || !/^(22|54)/.test(error.code ?? "")) return null;
  const [, line, column] = /COPY \w+, line (\d+)(?:, column (\w+))?/.exec(error.where ?? "") ?? [];
  if (line === undefined) return { message: `${table}: ${error.message}` };
  const row = Number(line) - 1;
  if (column === undefined) return { message: `${table}, row ${row}: ${error.message}`, row };
  return { message: `${table}, row ${row}, ${column}: ${error.message}`, row, column };
}

const columnRows = z.array(z.object({ name: z.string() }));

/** What every row must have: the natural key, and what the database has no default for. */
async function findRequiredColumns(client: PoolClient, table: TableDefinition): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef`,
    [identifier(table.name)],
  );
  return [...new Set(["id", ...table.naturalKey, ...columnRows.parse(rows).map(({ name }) => name)])];
}

function unknownColumnWarnings(table: TableDefinition, names: ReadonlySet<string>): Warning[] {
  return [...names].map((column) => ({
    code: "column_unknown",
    message: `${table.name} has no column ${JSON.stringify(column)} here; its values are ignored.`,
    table: table.name,
    column,
  }));
}
