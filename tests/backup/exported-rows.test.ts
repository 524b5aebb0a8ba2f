import fc from "fast-check";
import type { PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { copyOut } from "@/backup/rows/copy-out";
import { LineBuffers } from "@/backup/rows/line-buffers";
import { JsonRows, type Scrub } from "@/backup/rows/json-rows";
import { inTransaction } from "@/backup/rows/transaction";
import { secretNameEnds } from "@/backup/secrets";
import { bundleTables, exportedColumns, exportedTables, exportedUserColumns, rowOrder, type Column, type ColumnType } from "@/backup/tables";
import { seedInstallation } from "@/seed";

import { createInstallation, type Installation } from "../support/backup";
import { addOddRows } from "../support/backup/odd-rows";

let here: Installation;
beforeAll(async () => {
  here = await createInstallation();
  await seedInstallation({ organizations: 3, assets: 200, vulnerabilities: 100, files: 20, seed: "exported rows" }, here);
  await addOddRows(here);
});
afterAll(() => here.drop());

type Columns = Readonly<Record<string, Column>>;

function asExported<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  return inTransaction(here.pool, begin, new AbortController().signal, ({ client }) => work(client));
}

/** Of a bundle's tables theirs; others are made here. */
const orderOf = (table: string) => (bundleTables.includes(table) ? rowOrder(table) : ["id"]);

async function exported(client: PoolClient, table: string, columns: Columns, scrub: Scrub = () => null): Promise<string[]> {
  const rows = new JsonRows(columns, scrub, secretNameEnds);
  const written: string[] = [];
  for await (const lines of copyOut(client, table, { columns: Object.keys(columns), order: orderOf(table) }, new LineBuffers())) {
    const parts: string[] = [];
    const count = rows.write(lines, (json) => parts.push(Buffer.concat(json).toString()));
    const [nothing, ...batch] = parts.join("").split(",\n");
    expect([nothing, batch.length]).toEqual(["", count]);
    written.push(...batch);
  }
  return written;
}

/** What PostgreSQL itself makes of the same rows. */
async function expected(client: PoolClient, table: string, columns: Columns): Promise<string[]> {
  const names = Object.keys(columns).map((name) => `"${name}"`);
  const { rows } = await client.query<{ json: string }>(
    `SELECT row_to_json(r)::text AS json FROM (SELECT ${names.join(", ")} FROM "${table}" ORDER BY ${orderOf(table).join(", ")}) r`,
  );
  return rows.map(({ json }) => json);
}

describe("rows are what row_to_json() makes of them, byte for byte", () => {
  const tables: [string, Columns][] = exportedTables.map(({ name, columns }) => [name, columns]);
  test.each([...tables, ["users", exportedUserColumns] as const])("%s", async (name, columns) => {
    await asExported(async (client) => {
      const rows = await exported(client, name, columns);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows).toEqual(await expected(client, name, columns));
    });
  });

  test("any value of any kind, in rows of any length", async () => {
    await here.pool.query(
      `CREATE TABLE odd (id integer, "uuid" uuid, "text" text, "object_key" text, "sha256" text, "enum" severity, "timestamp" timestamptz,
       "json" jsonb, "text_list" text[], "float" float8, "numeric" numeric, "integer" integer, "bigint" bigint, "boolean" boolean)`,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 40 }), async (rows) => {
        await here.pool.query(`TRUNCATE odd`);
        await here.pool.query(`INSERT INTO odd SELECT * FROM json_populate_recordset(NULL::odd, $1)`, [
          JSON.stringify(rows.map((row, id) => ({ id, ...row }))),
        ]);
        await asExported(async (client) => expect(await exported(client, "odd", oddColumns)).toEqual(await expected(client, "odd", oddColumns)));
      }),
      { numRuns: 200 },
    );
  });
});

test("a text of millions of escapes takes the time of its bytes", async () => {
  const { rows } = await here.pool.query<{ id: string }>("SELECT id FROM organizations LIMIT 1");
  await here.pool.query(`UPDATE organizations SET description = repeat(E'\n\x01"', 1000000) WHERE id = $1`, [rows[0]?.id]);
  const columns = exportedColumns("organizations");
  await asExported(async (client) => {
    const started = performance.now();
    const written = await exported(client, "organizations", columns);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(written).toEqual(await expected(client, "organizations", columns));
  });
});

test("lines that are not what the columns say are no rows", () => {
  const columns = {
    id: columnOf({ kind: "uuid" }),
    tags: columnOf({ kind: "text_list" }),
    is_new: columnOf({ kind: "boolean" }),
    at: columnOf({ kind: "timestamp" }),
    count: columnOf({ kind: "bigint", minimum: 0n, maximum: 0n }),
    details: columnOf({ kind: "json" }),
  };
  const whole = "x\t{}\tt\t2026-01-02 03:04:05+00\t1\t{}\n";
  expect(new JsonRows(columns, () => null, secretNameEnds).write(Buffer.from(whole), () => undefined)).toBe(1);
  const odd = [
    whole.slice(0, -1), "x\n", "\n", `y${whole}`.replace("yx", "\\Nx"),
    ...["{a", '{"a', '{"a\tb"}', "{a\tb}"].map((tags) => whole.replace("{}", tags)),
    ...["true", "x", ""].map((isNew) => whole.replace("\tt\t", `\t${isNew}\t`)),
    ...["+05", "+", "+0"].map((zone) => whole.replace("+00", zone)),
    whole.replace("\t1\t", '\t1"\t'),
    ...["{\r}", "{\\n}", "{\\", "{}\t"].map((details) => whole.replace("{}\n", `${details}\n`)),
  ];
  for (const lines of odd) {
    expect(() => new JsonRows(columns, () => null, secretNameEnds).write(Buffer.from(lines), () => undefined), lines).toThrow();
  }
});

test.each(["[0:1]={a,b}", '{{a,NULL},{"x","}"}}', '{"NULL","null","",NULL}', "{}", '{"a,b"," "}'])("the list %s", async (list) => {
  await here.pool.query(`CREATE TABLE lists AS SELECT 1 AS id, $1::text[] AS tags`, [list]);
  const columns = { id: columnOf({ kind: "integer", minimum: 0, maximum: 9 }), tags: columnOf({ kind: "text_list" }) };
  await asExported(async (client) => expect(await exported(client, "lists", columns)).toEqual(await expected(client, "lists", columns)));
  await here.pool.query("DROP TABLE lists");
});

/** By kind, values that PostgreSQL takes. */
const values: Readonly<Record<ColumnType["kind"], fc.Arbitrary<unknown>>> = {
  uuid: fc.uuid(),
  text: textOf(40),
  object_key: textOf(4_000),
  sha256: fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 }),
  enum: fc.constantFrom("info", "low", "critical"),
  timestamp: fc.oneof(
    fc.constantFrom("infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00.5+00", "294276-12-31 23:59:59.999999+00"),
    fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }).map((date) => date.toISOString()),
  ),
  json: fc.jsonValue({ maxDepth: 4 }).map(withoutNul),
  text_list: fc.array(fc.option(textOf(20)), { maxLength: 5 }),
  float: fc.oneof(fc.constantFrom("NaN", "Infinity", "-Infinity", "-0", "5e-324", "1e308"), fc.double({ noNaN: true, noDefaultInfinity: true })),
  numeric: fc.oneof(fc.constantFrom("NaN", "Infinity", "-Infinity", "0.000", "-1e-40", "123456789012345678901234567890.10"), fc.integer()),
  integer: fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }),
  bigint: fc.constantFrom("-9223372036854775808", "9223372036854775807", "0"),
  boolean: fc.boolean(),
};

const anyRow = fc.record(Object.fromEntries(Object.entries(values).map(([kind, value]) => [kind, fc.option(value)])));

const oddColumns: Columns = Object.fromEntries(
  (["uuid", "text", "object_key", "sha256", "timestamp", "json", "text_list", "boolean"] as const)
    .map((kind): [string, Column] => [kind, columnOf(kind === "text" ? { kind, notEmpty: false, maxBytes: null } : { kind })])
    .concat([
      ["enum", columnOf({ kind: "enum", name: "severity", values: [] })],
      ["float", columnOf({ kind: "float", minimum: 0, maximum: 0 })],
      ["numeric", columnOf({ kind: "numeric", scale: 0, minimum: 0, maximum: 0 })],
      ["integer", columnOf({ kind: "integer", minimum: 0, maximum: 0 })],
      ["bigint", columnOf({ kind: "bigint", minimum: 0n, maximum: 0n })],
    ]),
);

function columnOf(type: ColumnType): Column {
  return { type, nullable: true, role: "data", references: null, user: null };
}

/** Text full of what JSON and COPY write otherwise than it is. */
function textOf(maxLength: number): fc.Arbitrary<string> {
  const odd = fc.constantFrom('"', "\\", "/", "\t", "\n", "\r", "\b", "\f", "\v", "\u0001", "\u001f", "\u007f", "\u2028", "N", "\\N", "\\.", "é", "\u{1f600}");
  return fc.array(fc.oneof(odd, fc.string({ maxLength: 8, unit: "binary" })), { maxLength: maxLength / 2 }).map((parts) => withoutNul(parts.join("")));
}

/** PostgreSQL holds neither NUL nor half a surrogate pair. */
function withoutNul<Value>(value: Value): Value {
  const text = JSON.stringify(value).replaceAll("\\u0000", "").replaceAll(/\\ud[89a-f][0-9a-f]{2}/gi, "");
  return JSON.parse(text) as Value;
}

describe("what stands in place of a JSON value", () => {
  test("may be longer than it, in rows of nothing else", async () => {
    await here.pool.query(`UPDATE organizations SET settings = '{"token": 1}'`);
    await asExported(async (client) => {
      const rows = await exported(client, "organizations", { id: columnOf({ kind: "uuid" }), settings: columnOf({ kind: "json" }) }, () =>
        Buffer.from(`"${"x".repeat(10_000)}"`),
      );
      for (const row of rows) expect(row).toMatch(/^\{"id":"[0-9a-f-]{36}","settings":"x{10000}"\}$/);
    });
  });
});
