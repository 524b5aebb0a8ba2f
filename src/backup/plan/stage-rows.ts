import { pipeline } from "node:stream/promises";

import type { PoolClient } from "pg";
import { DatabaseError } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { z } from "zod";

import type { Bundle } from "@/bundle";

import type { Warning } from "../report";
import { indexedLines, RowEncoder, type LineForm } from "../rows/encode-row";
import { identifier, identifiers } from "../rows/sql";
import type { TableDefinition } from "../tables";
import type { RowErrors } from "./row-errors";
import { rowsSampled } from "./row-samples";
import { StagedTable } from "./staged-table";

/**
 * Streams a table's rows out of the bundle into a temporary table of the same columns,
 * checking every value. Rows that are not what the table holds end up in `errors`.
 */
export async function stageRows(
  client: PoolClient,
  bundle: Bundle,
  table: TableDefinition,
  extent: StageExtent,
  errors: RowErrors,
  onRows: (rows: number) => void,
): Promise<{ staged: StagedTable; warnings: Warning[] }> {
  const staged = new StagedTable(table);
  const prepare = () => createStage(client, staged);
  const leaveOut = leftOut(table, extent);
  const form = { ...indexedLines, leaveOut };
  staged.isPartial = leaveOut !== null;
  return { staged, warnings: await copyRows(client, bundle, staged, form, prepare, errors, onRows) };
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
  client: PoolClient,
  bundle: Bundle,
  staged: StagedTable,
  form: LineForm,
  prepare: () => Promise<void>,
  errors: RowErrors,
  onRows: (rows: number) => void,
): Promise<Warning[]> {
  const { definition: table } = staged;
  const encoder = new RowEncoder(table, await requiredColumns(client, table), (error) => errors.add(error), form);
  const batches = bundle.hasTable(table.name) ? bundle.rows(table.name)[Symbol.asyncIterator]() : null;
  const first = await batches?.next();
  if (batches !== null && first !== undefined && first.done !== true) {
    const lines = encodedLines(encoder, first.value, batches, onRows);
    const firstLines = await lines.next();
    staged.columns = encoder.columns ?? Object.keys(table.columns);
    await prepare();
    await copyLines(client, staged, form, firstLines, lines, errors);
  } else {
    staged.columns = Object.keys(table.columns);
    await prepare();
  }
  staged.rows = encoder.rows;
  staged.idsAscend = encoder.ascending;
  // Of a table that holds nothing else, PostgreSQL guesses well enough what the one check that follows needs.
  if (!staged.isWritten) await client.query(`ANALYZE ${staged.stage} (${identifiers(joinedColumns(staged))})`);
  return unknownColumnWarnings(table, encoder.unknownColumns);
}

/** What later queries join by. Statistics of the other columns, JSON above all, cost much and serve nobody. */
function joinedColumns(staged: StagedTable): string[] {
  const { columns, naturalKey } = staged.definition;
  return staged.columns.filter((name) => name === "id" || naturalKey.includes(name) || columns[name]?.references !== null);
}

async function createStage(client: PoolClient, staged: StagedTable): Promise<void> {
  await client.query(
    `CREATE TEMPORARY TABLE ${staged.stage} ON COMMIT DROP AS
     SELECT 0::integer AS row_index, ${identifiers(staged.columns)} FROM ${identifier(staged.name)} WITH NO DATA`,
  );
}

async function* encodedLines(
  encoder: RowEncoder,
  first: readonly Buffer[],
  rest: AsyncIterator<readonly Buffer[]>,
  onRows: (rows: number) => void,
): AsyncGenerator<Buffer, void> {
  let batch: readonly Buffer[] | null = first;
  while (batch !== null) {
    for (const row of batch) {
      encoder.encode(row);
      if (encoder.output.isFull) yield encoder.output.take();
    }
    onRows(encoder.rows);
    const next = await rest.next();
    batch = next.done === true ? null : next.value;
  }
  yield encoder.output.take();
}

async function copyLines(
  client: PoolClient,
  staged: StagedTable,
  form: LineForm,
  first: IteratorResult<Buffer, void>,
  rest: AsyncGenerator<Buffer, void>,
  errors: RowErrors,
): Promise<void> {
  const columns = identifiers([...(form.indexed ? ["row_index"] : []), ...staged.columns]);
  const sink = client.query(copyFrom(`COPY ${staged.stage} (${columns}) FROM STDIN`));
  try {
    await pipeline(async function* () {
      if (first.done !== true) yield first.value;
      yield* rest;
    }, sink);
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
async function requiredColumns(client: PoolClient, table: TableDefinition): Promise<string[]> {
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
    message: `${table.name} has no column ${JSON.stringify(column.slice(0, 100))} here; its values are ignored.`,
    table: table.name,
    column: column.slice(0, 100),
  }));
}
