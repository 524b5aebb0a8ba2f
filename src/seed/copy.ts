import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Prisma } from "@/generated/prisma/browser";

/** What a column is given: its text as PostgreSQL reads it, a number, or null. */
export type Field = string | number | null;

/** A row with a field for every column of its table; a column that is forgotten fails the type check. */
export type Row<Column extends string> = Readonly<Record<Column, Field>>;

export interface Table {
  readonly name: Prisma.ModelName;
  readonly columns: readonly string[];
  readonly rows: () => Iterable<Row<string>>;
  /** Rows whose key is taken already: `fail`, or `keep` what is there. */
  readonly taken: "fail" | "keep";
}

/** @param columns the table's …ScalarFieldEnum of the generated client. */
export function defineTable<Column extends string>(
  name: Prisma.ModelName,
  columns: Readonly<Record<Column, string>>,
  rows: () => Iterable<Row<Column>>,
  taken: Table["taken"] = "fail",
): Table {
  return { name, columns: Object.keys(columns), rows, taken };
}

/** Rows travel in pieces of about this many characters: few enough calls, and little memory. */
const pieceLength = 256 * 1024;

/** Streams the rows into the table with COPY. Call it inside a transaction. @returns how many rows were added. */
export async function copyTable(client: pg.ClientBase, table: Table, signal?: AbortSignal): Promise<number> {
  const columns = table.columns.map(quoteName).join(", ");
  if (table.taken === "fail") return await copyRows(client, quoteName(table.name), columns, table, signal);
  const staging = quoteName(`seed_${table.name}`);
  await client.query(`CREATE TEMPORARY TABLE ${staging} (LIKE ${quoteName(table.name)}) ON COMMIT DROP`);
  await copyRows(client, staging, columns, table, signal);
  const added = await client.query(
    `INSERT INTO ${quoteName(table.name)} (${columns}) SELECT ${columns} FROM ${staging} ON CONFLICT DO NOTHING`,
  );
  return added.rowCount ?? 0;
}

async function copyRows(
  client: pg.ClientBase,
  target: string,
  columns: string,
  table: Table,
  signal?: AbortSignal,
): Promise<number> {
  signal?.throwIfAborted();
  const copy = client.query(copyFrom(`COPY ${target} (${columns}) FROM STDIN`));
  await pipeline(Readable.from(pieces(table), { objectMode: true, highWaterMark: 1 }), copy, signal ? { signal } : {});
  return copy.rowCount;
}

function* pieces(table: Table): Generator<Buffer> {
  let piece = "";
  for (const row of table.rows()) {
    piece += copyLine(table.columns.map((column) => row[column] ?? null));
    if (piece.length < pieceLength) continue;
    yield Buffer.from(piece, "utf8");
    piece = "";
  }
  if (piece !== "") yield Buffer.from(piece, "utf8");
}

/** One row in COPY's text format (PostgreSQL manual, COPY, "File Formats"). */
export function copyLine(fields: readonly Field[]): string {
  return `${fields.map(copyField).join("\t")}\n`;
}

function copyField(field: Field): string {
  if (field === null) return "\\N";
  const text = String(field);
  return /[\\\t\n\r]/.test(text)
    ? text.replace(/[\\\t\n\r]/g, (character) => copyEscapes[character] ?? character)
    : text;
}

const copyEscapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** A text[] in PostgreSQL's own notation, every element quoted. */
export function textArray(elements: readonly string[]): string {
  return `{${elements.map((element) => `"${element.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
