import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { InvalidRowsError } from "@/backup";
import { classification, exportedUserColumns, type Column, type TableDefinition } from "@/backup/tables";

import { createInstallation, type Installation } from "../support/backup";
import { makeBundle, rewriteBundle, type Rows } from "../support/backup/bundle-file";
import * as sample from "../support/backup/sample-rows";

let here: Installation;
beforeAll(async () => {
  here = await createInstallation();
});
afterAll(() => here.drop());

const definitions = Object.values(classification).flatMap((entry): TableDefinition[] => (typeof entry === "object" ? [entry] : []));
const importedDefinitions = definitions.filter(({ importRule }) => importRule !== "skip");

/** How a kind of value is stored: the type as PostgreSQL's format_type() writes it. */
function storedAs({ type }: Column): string {
  switch (type.kind) {
    case "uuid":
      return "uuid";
    case "text":
    case "object_key":
    case "sha256":
      return "text";
    case "enum":
      return type.name;
    case "timestamp":
      return "timestamp(6) with time zone";
    case "json":
      return "jsonb";
    case "text_list":
      return "text[]";
    case "float":
      return "double precision";
    case "numeric":
      return `numeric(${String(type.maximum).length + type.scale},${type.scale})`;
    case "integer":
      return "integer";
    case "bigint":
      return "bigint";
    case "boolean":
      return "boolean";
  }
}

interface LiveColumn {
  name: string;
  type: string;
  nullable: boolean;
}

async function liveColumns(table: string): Promise<LiveColumn[]> {
  const { rows } = await here.pool.query<LiveColumn>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable
     FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [`"${table}"`],
  );
  return rows;
}

/** What the definitions and the live database say differently; empty when they agree. */
async function differences(): Promise<string[]> {
  const found: string[] = [];
  const { rows } = await here.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_%'`,
  );
  const live = rows.map(({ name }) => name).sort();
  const known = Object.keys(classification).sort();
  if (JSON.stringify(live) !== JSON.stringify(known)) found.push(`tables: ${live.join()} and not ${known.join()}`);
  for (const { name, columns } of [...definitions, { name: "users", columns: exportedUserColumns }]) {
    const exported = (await liveColumns(name)).filter((column) => `${name}.${column.name}` !== "users.password_hash");
    const stored = exported.map((column) => `${column.name} ${column.type}${column.nullable ? " null" : ""}`);
    const defined = Object.entries(columns).map(([column, definition]) => `${column} ${storedAs(definition)}${definition.nullable ? " null" : ""}`);
    if (JSON.stringify(stored.sort()) !== JSON.stringify(defined.sort())) {
      const odd = [...stored.filter((line) => !defined.includes(line)), ...defined.filter((line) => !stored.includes(line))];
      found.push(`${name}: ${odd.join()}`);
    }
  }
  return found;
}

describe("tables and columns", () => {
  test("are those of the database, with its types and nulls", async () => {
    expect(await differences()).toEqual([]);
  });

  test.each([
    ["a column that nobody has classified", "ALTER TABLE assets ADD COLUMN mood text", /^assets: mood text null$/],
    ["a column that may be null now", "ALTER TABLE assets ALTER COLUMN value DROP NOT NULL", /value text/],
    ["a column of another type", "ALTER TABLE scan_jobs ALTER COLUMN priority TYPE bigint", /priority bigint/],
    ["a table that nobody has classified", "CREATE TABLE moods (id uuid PRIMARY KEY)", /^tables: .*moods/],
  ])("%s is noticed", async (_name, change, expected) => {
    await here.pool.query(`BEGIN; ${change}; COMMIT`);
    try {
      expect(await differences()).toEqual([expect.stringMatching(expected)]);
    } finally {
      await here.pool.query(
        `ALTER TABLE assets DROP COLUMN IF EXISTS mood; ALTER TABLE assets ALTER COLUMN value SET NOT NULL;
         ALTER TABLE scan_jobs ALTER COLUMN priority TYPE integer; DROP TABLE IF EXISTS moods`,
      );
    }
    expect(await differences()).toEqual([]);
  });

  test("JSON columns hold no SQL null, which a bundle could not tell from JSON's own", async () => {
    for (const { name, columns } of definitions) {
      for (const { name: column, type, nullable } of await liveColumns(name)) {
        if (type === "jsonb") expect(nullable, `${name}.${column}`).toBe(false);
        if (type === "jsonb") expect(columns[column]?.nullable).toBe(false);
      }
    }
  });

  test("of users, none that is secret is exported", async () => {
    const columns = (await liveColumns("users")).map(({ name }) => name);
    expect([...Object.keys(exportedUserColumns), "password_hash"].sort()).toEqual([...columns].sort());
  });
});

test("enums have the database's values, in its order", async () => {
  const { rows } = await here.pool.query<{ name: string; values: string[] }>(
    `SELECT typname AS name, array_agg(enumlabel::text ORDER BY enumsortorder) AS values
     FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid GROUP BY typname`,
  );
  const live = new Map(rows.map(({ name, values }) => [name, values]));
  for (const { name, columns } of definitions) {
    for (const [column, { type }] of Object.entries(columns)) {
      if (type.kind === "enum") expect(type.values, `${name}.${column}`).toEqual(live.get(type.name));
    }
  }
});

test("natural keys are the database's unique indexes", async () => {
  for (const { name, naturalKey } of definitions) {
    const { rows } = await here.pool.query<{ columns: string[] }>(
      `SELECT array(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS key (number, place)
                    JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place) AS columns
       FROM pg_index WHERE indrelid = $1::regclass AND indisunique AND NOT indisprimary`,
      [`"${name}"`],
    );
    expect(rows.map(({ columns }) => columns), name).toEqual(naturalKey.length === 0 ? [] : [naturalKey]);
  }
});

test("references and users are the database's foreign keys", async () => {
  for (const { name, columns } of definitions) {
    const { rows } = await here.pool.query<{ column: string; parent: string }>(
      `SELECT attname AS "column", confrelid::regclass::text AS parent FROM pg_constraint
       JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
       WHERE contype = 'f' AND conrelid = $1::regclass`,
      [`"${name}"`],
    );
    const defined = Object.entries(columns).flatMap(([column, { references, user }]) =>
      references === null ? (user === null ? [] : [`${column} users`]) : [`${column} ${references}`],
    );
    expect(rows.map(({ column, parent }) => `${column} ${parent}`).sort(), name).toEqual(defined.sort());
  }
});

test("the roles of columns are those of the design", () => {
  const metadataLike: Readonly<Record<string, readonly string[]>> = {
    organizations: ["description", "settings"],
    scopes: ["description"],
    organization_members: [],
    assets: ["confidence", "last_seen_at", "metadata", "tags"],
    asset_edges: ["confidence", "last_seen_at", "metadata"],
    vulnerabilities: ["evidence", "last_seen_at", "metadata", "references", "remediation"],
    scans: ["summary"],
    scan_jobs: ["result_summary"],
    reports: ["parameters", "title"],
    files: ["content_type", "metadata", "original_name"],
    exposure_changes: [],
  };
  for (const { name, columns } of definitions) {
    const named = (role: Column["role"]) => Object.keys(columns).filter((column) => columns[column]?.role === role).sort();
    expect(named("metadata"), name).toEqual(metadataLike[name]);
    expect(named("identity"), name).toEqual(["id", "organization_id"].filter((column) => column in columns));
    expect(named("creation"), name).toEqual(
      ["created_at", "created_by"].filter((column) => column in columns),
    );
  }
});

test("rows are sorted by whom they belong to, by ids alone, so that the order is one and the same everywhere", () => {
  for (const { name, columns, rowOrder } of definitions) {
    expect(rowOrder.map((column) => columns[column]?.type.kind), name).toEqual(rowOrder.map(() => "uuid"));
    const owners: Readonly<Record<string, string>> = { asset_edges: "from_asset_id", exposure_changes: "asset_id", scan_jobs: "scan_id", vulnerabilities: "asset_id" };
    const expected = ["organization_id" in columns ? "organization_id" : "", owners[name] ?? "", "id"];
    expect(rowOrder, name).toEqual(expected.filter((column) => column !== ""));
  }
});

describe("every CHECK of the database is known to the import", () => {
  /** Values that break a CHECK, by its name; what no bundle can write is marked so. */
  const breaking: Readonly<Record<string, readonly unknown[]>> = {
    organizations_slug_check: ["", "x".repeat(201), "é".repeat(101)],
    scopes_value_check: ["", "x".repeat(2001)],
    assets_normalized_value_check: ["", "x".repeat(2001)],
    assets_confidence_check: [-0.001, 1.001],
    assets_risk_score_check: [-0.01, 100.01],
    asset_edges_confidence_check: [-0.001, 1.001],
    vulnerabilities_external_id_check: ["", "x".repeat(501)],
    vulnerabilities_matched_url_check: ["x".repeat(2001)],
    vulnerabilities_cvss_score_check: [-0.1, 10.1],
    vulnerabilities_risk_score_check: [-0.01, 100.01],
    scan_jobs_attempts_check: [-1],
    scan_jobs_bytes_processed_check: [-1],
    files_object_key_check: ["", "x".repeat(1025)],
    files_size_bytes_check: [-1],
    files_sha256_check: ["0".repeat(63), "A".repeat(64)],
    exposure_changes_risk_score_check: [-0.01, 100.01],
    assets_tags_check: [[null], [["a"], ["b"]]],
    vulnerabilities_cve_ids_check: [[null], [["a"], ["b"]]],
    vulnerabilities_references_check: [[null], [["a"], ["b"]]],
  };

  /** The column of each CHECK of the exported tables. */
  async function checks(): Promise<{ name: string; table: string; column: string }[]> {
    const { rows } = await here.pool.query<{ name: string; table: string; column: string }>(
      `SELECT conname AS name, conrelid::regclass::text AS "table", attname AS "column"
       FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
       WHERE contype = 'c' AND conrelid::regclass::text = ANY($1)`,
      [definitions.map(({ name }) => name)],
    );
    return rows;
  }

  test("and has values here that break it", async () => {
    expect((await checks()).map(({ name }) => name).sort()).toEqual(Object.keys(breaking).sort());
  });

  test("so that a value that breaks it is an invalid row and no error of the database", async () => {
    const file = await makeBundle(here.folder, everyTable());
    for (const { name, table, column } of await checks()) {
      for (const value of breaking[name] ?? []) {
        const text = JSON.stringify(value);
        await expect(insertWith(table, column, text), `${name} ${text.slice(0, 40)} in the database`).rejects.toMatchObject({ code: "23514" });
        const broken = await rewriteBundle(file, ({ tables }) => {
          const rows = tables.get(table) ?? [];
          rows[0] = JSON.stringify({ ...(JSON.parse(rows[0] ?? "") as object), [column]: value });
        });
        const error: unknown = await here.import(broken, "merge").catch((reason: unknown) => reason);
        expect(error, `${name} ${text.slice(0, 40)}`).toBeInstanceOf(InvalidRowsError);
        expect(error).toMatchObject({ errors: [{ code: "value_invalid", table, row: 0, column }] });
      }
    }
  });

  /** The row as it is, but for one value, straight into the database. */
  async function insertWith(table: string, column: string, value: string): Promise<void> {
    const client = await here.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL session_replication_role = replica");
      const row = { ...everyTable()[table]?.[0], [column]: JSON.parse(value) as unknown };
      await client.query(`INSERT INTO "${table}" SELECT * FROM json_populate_record(NULL::"${table}", $1)`, [JSON.stringify(row)]);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }
});

test("every table that is imported has a sample row here with all its columns", () => {
  for (const { name, columns } of importedDefinitions) {
    expect(Object.keys(everyTable()[name]?.[0] ?? {}).sort(), name).toEqual(Object.keys(columns).sort());
  }
});

function everyTable(): Rows {
  const content = Buffer.from("x");
  return {
    organizations: [sample.organizationRow(1)],
    scopes: [sample.scopeRow(10, 1)],
    assets: [sample.assetRow(20, 1)],
    asset_edges: [sample.edgeRow(30, 1, 20, 20)],
    scans: [sample.scanRow(40, 1)],
    scan_jobs: [sample.jobRow(41, 1, 40)],
    vulnerabilities: [sample.vulnerabilityRow(50, 1, 20)],
    files: [sample.fileRow(60, 1, content)],
    reports: [sample.reportRow(70, 1)],
    exposure_changes: [sample.changeRow(80, 1, { risk_score: 1, old_value: 0 })],
  };
}
