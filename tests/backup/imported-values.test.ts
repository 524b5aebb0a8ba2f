import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { copyIn } from "@/backup/rows/copy-in";
import { RowEncoder } from "@/backup/rows/encode-row";
import { inTransaction } from "@/backup/rows/transaction";
import type { TableDefinition } from "@/backup/tables";
import { bigint, boolean, enumeration, float, integer, json, numeric, objectKey, primaryKey, sha256, text, textList, timestamp } from "@/backup/tables/column";

import { createTestDatabase, type TestDatabase } from "../support/postgres";

const columns = {
  id: primaryKey(),
  text: text(),
  object_key: objectKey(),
  sha256: sha256(),
  kind: enumeration("severity", { critical: "critical", info: "info" }),
  at: timestamp(),
  json: json(),
  list: textList(),
  float: float(-1e308, 1e308),
  numeric: numeric(2, -999, 999),
  small: numeric(4, -9999, 9999),
  integer: integer(),
  bigint: { ...bigint(), type: { kind: "bigint", minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n } },
  flag: boolean(),
} satisfies TableDefinition["columns"];
const table: TableDefinition = { name: "odd", naturalKey: [], rowOrder: ["id"], importRule: "import", onlyWith: null, columns };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const definition = `(id uuid, "text" text, object_key text, sha256 text, kind severity, at timestamptz, json jsonb, list text[],
    "float" float8, "numeric" numeric(5,2), small numeric(8,4), "integer" integer, "bigint" bigint, flag boolean)`;
  await database.pool.query(`CREATE TABLE odd ${definition}; CREATE TABLE expected ${definition}`);
});
afterAll(() => database.drop());

const digits = (length: number) => fc.integer({ min: 0, max: 10 ** length - 1 }).map((value) => String(value).padStart(length, "0"));
const between = (min: number, max: number) => fc.integer({ min, max }).map((value) => String(value).padStart(2, "0"));

const year = fc.oneof(
  fc.integer({ min: 1700, max: 2300 }),
  fc.integer({ min: 1, max: 9999 }),
  fc.integer({ min: 1, max: 290_000 }),
  fc.constantFrom(1799, 1800, 1900, 1999, 2000, 2024, 2200, 2201),
);
/** Days that some months lack are left to those months that have them. The year before 1 is astronomy's 0. */
const timestampOf = (years: fc.Arbitrary<number>, astronomical: (year: number) => number) =>
  fc
    .tuple(years, between(1, 12), between(1, 31), fc.constantFrom("T", "T", " "), between(0, 23), between(0, 59), between(0, 59))
    .filter(([value, month, day]) => Number(day) <= new Date(Date.UTC(2400 + (astronomical(value) % 400), Number(month), 0)).getUTCDate())
    .map(([value, month, day, letter, hour, minute, second]) => `${String(value).padStart(4, "0")}-${month}-${day}${letter}${hour}:${minute}:${second}`);
const fraction = fc.oneof(fc.constant(""), fc.integer({ min: 1, max: 6 }).chain(digits).map((decimals) => `.${decimals}`));
const zone = fc.oneof(
  fc.constant("+00:00"),
  fc.constant("+00:00"),
  fc.constant("Z"),
  fc.tuple(fc.constantFrom("+", "-"), between(0, 15), fc.oneof(fc.constant(""), between(0, 59), between(0, 59).map((minute) => `:${minute}`))).map((parts) => parts.join("")),
  fc.tuple(fc.constantFrom("+", "-"), between(0, 15), between(0, 59), between(0, 59)).map(([sign, ...parts]) => sign + parts.join(":")),
);
const timestamps = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(timestampOf(year, (years) => years), fraction, zone).map((parts) => parts.join("")) },
  fc.tuple(timestampOf(fc.integer({ min: 1, max: 4_700 }), (years) => 1 - years), fraction, zone).map((parts) => `${parts.join("")} BC`),
  fc.constantFrom("infinity", "-infinity", "0001-02-29T00:00:00Z BC", "0005-02-29T12:00:00+00:00 BC", "2000-02-29T00:00:00+00:00"),
);

const anyText = fc.oneof(
  fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", "")),
  fc.array(fc.constantFrom("\b", "\f", "\n", "\r", "\t", '"', "\\", "/", "a", "u0041")).map((parts) => parts.join("")),
);
const decimals = (whole: number, scale: number) =>
  fc.tuple(fc.constantFrom("", "-"), fc.integer({ min: 0, max: whole }), fc.integer({ min: 0, max: scale }).chain(digits)).map(
    ([sign, value, behind]) => `${sign}${value}${behind === "" ? "" : `.${behind}`}`,
  );

/** JSON text of a row: numbers and escapes in many forms. */
const anyRow = fc
  .record({
    id: fc.uuid().chain((id) => fc.constantFrom(id, id.toUpperCase())).map((id) => JSON.stringify(id)),
    text: anyText.chain((value) => fc.constantFrom(JSON.stringify(value), escapedWhole(value))),
    object_key: fc.constantFrom('"a"', '"ä/b \\"c"', '"\\u65e5/x"'),
    sha256: fc.constant(JSON.stringify("0f".repeat(32))),
    kind: fc.constantFrom('"critical"', '"inf\\u006f"'),
    at: timestamps.map((value) => JSON.stringify(value)),
    json: fc.jsonValue().filter((value) => value !== null).map((value) => JSON.stringify(value).replaceAll("\\u0000", "")),
    list: fc.array(anyText).map((value) => JSON.stringify(value)),
    float: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e308, max: 1e308 }).map((value) => (Object.is(value, -0) ? "-0" : String(value))),
      decimals(999_999_999, 15),
    ),
    numeric: decimals(998, 2),
    small: decimals(9998, 4),
    integer: fc.integer().map(String),
    bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    flag: fc.boolean().map(String),
  })
  .map((row) => `{${Object.entries(row).map(([name, value]) => `"${name}":${value}`).join(",")}}`);

function escapedWhole(value: string): string {
  return `"${[...Array(value.length).keys()].map((index) => `\\u${value.charCodeAt(index).toString(16).padStart(4, "0")}`).join("")}"`;
}

test("values become what PostgreSQL reads in the same JSON", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 40 }), async (rows) => {
      const encoder = new RowEncoder(table, ["id"], (error) => expect.fail(error().message));
      const columnNames = Object.keys(columns).map((name) => `"${name}"`).join(", ");
      for (const [index, row] of rows.entries()) encoder.encode(Buffer.from(row), index);
      await inTransaction(database.pool, "BEGIN", new AbortController().signal, async ({ client }) => {
        await client.query("ALTER TABLE odd ADD COLUMN row_index integer; ALTER TABLE expected ADD COLUMN row_index serial");
        await copyIn(client, `odd (row_index, ${columnNames})`, one(encoder.output.take()));
        await client.query(`INSERT INTO expected (${columnNames}) SELECT ${columnNames} FROM json_populate_recordset(NULL::expected, $1::json)`, [
          `[${rows.join(",")}]`,
        ]);
        const read = async (name: string) => (await client.query({ text: `SELECT ${columnNames.replaceAll(/"\w+"/g, "$&::text")} FROM ${name} ORDER BY row_index`, rowMode: "array" })).rows;
        expect(await read("odd")).toEqual(await read("expected"));
      });
    }),
    { numRuns: 150 },
  );
});

async function* one(lines: Buffer): AsyncGenerator<Buffer> {
  yield lines;
}
