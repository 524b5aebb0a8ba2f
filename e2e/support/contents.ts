import type { Installation } from "./installation";

/** A column's value as PostgreSQL writes it. */
type Row = Record<string, string | null>;

interface Column {
  name: string;
  isJson: boolean;
  isNullable: boolean;
}

/** Everything that an installation holds and an import could change: rows of each table by primary key, objects by key. */
export interface Contents {
  tables: Map<string, { columns: Column[]; rows: Map<string, Row> }>;
  objects: Map<string, string>;
  userIds: Set<string>;
}

/** Changed by whoever signs in, uses a key, exports or previews: no part of an installation's state. */
const records = ["_prisma_migrations", "backup_runs", "backup_run_objects", "refresh_tokens", "api_keys"];

/** What an import leaves as it is, whatever the bundle holds. */
export const neverImported = ["users", "organization_members", "settings", "integrations"];

export async function contentsOf(installation: Installation): Promise<Contents> {
  const { pool, objects } = installation;
  const { rows: found } = await pool.query<{ table: string; name: string; type: string; is_nullable: string }>(
    `SELECT table_name AS table, column_name AS name, data_type AS type, is_nullable FROM information_schema.columns
     WHERE table_schema = 'public' AND NOT table_name = ANY ($1) ORDER BY table_name, ordinal_position`,
    [records],
  );
  const contents: Contents = { tables: new Map(), objects: await objects.hashes(), userIds: new Set() };
  for (const { table, name, type, is_nullable } of found) {
    // Said again with every sign-in.
    if (table === "users" && name === "last_login_at") continue;
    const known = contents.tables.get(table) ?? { columns: [], rows: new Map<string, Row>() };
    known.columns.push({ name, isJson: type === "jsonb", isNullable: is_nullable === "YES" });
    contents.tables.set(table, known);
  }
  for (const [table, { columns, rows }] of contents.tables) {
    const selected = columns.map(({ name }) => `"${name}"::text`).join(", ");
    const { rows: read } = await pool.query<Row>(`SELECT ${selected} FROM "${table}"`);
    for (const row of read) rows.set(row["id"] ?? row["key"] ?? "", row);
  }
  for (const id of contents.tables.get("users")?.rows.keys() ?? []) contents.userIds.add(id);
  return contents;
}

/** Names under which a value is a secret, however they are spelled. */
const secretName = /^(password|secret|clientsecret|token|accesstoken|refreshtoken|apikey|accesskey|secretkey|privatekey|authorization|cookie|setcookie|bottoken)$/;

const userColumns = ["created_by", "assigned_to", "resolved_by", "approved_by"];

/**
 * In what a target, empty before an import by this user, differs from what the rules make of the source; empty where
 * every row, column and object is as it should be.
 */
export function differences(source: Contents, target: Contents, importerId: string): string[] {
  const found: string[] = [];
  for (const [table, { columns, rows }] of source.tables) {
    if (neverImported.includes(table)) continue;
    const arrived = target.tables.get(table)?.rows ?? new Map<string, Row>();
    for (const id of arrived.keys()) if (!rows.has(id)) found.push(`${table} ${id}: nobody exported it`);
    for (const [id, row] of rows) {
      const here = arrived.get(id);
      if (here === undefined) {
        found.push(`${table} ${id}: did not arrive`);
        continue;
      }
      for (const column of columns) {
        const sent = row[column.name] ?? null;
        const got = here[column.name] ?? null;
        const place = `${table} ${id} ${column.name}`;
        if (userColumns.includes(column.name)) {
          const expected = sent === null || target.userIds.has(sent) ? sent : null;
          const mapped = column.isNullable ? expected : importerId;
          if (got !== mapped) found.push(`${place}: ${got} instead of ${mapped}`);
        } else if (column.isJson && sent !== null && got !== null && sent !== got) {
          found.push(...jsonDifferences(JSON.parse(sent), JSON.parse(got), place));
        } else if (sent !== got) {
          found.push(`${place}: ${got} instead of ${sent}`);
        }
      }
    }
  }
  for (const [key, hash] of source.objects) if (target.objects.get(key) !== hash) found.push(`object ${key} differs or is missing`);
  for (const key of target.objects.keys()) if (!source.objects.has(key)) found.push(`object ${key}: nobody exported it`);
  return found;
}

/** Secrets alone may be lost, and only to null. */
function jsonDifferences(sent: unknown, got: unknown, place: string): string[] {
  if (typeof sent === "object" && sent !== null && typeof got === "object" && got !== null) {
    const [before, after] = [new Map(Object.entries(sent)), new Map(Object.entries(got))];
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
      const isSecret = !Array.isArray(sent) && secretName.test(key.toLowerCase().replaceAll(/[^a-z]/g, ""));
      if (isSecret && before.has(key) && after.get(key) === null) return [];
      return jsonDifferences(before.get(key), after.get(key), `${place}.${key}`);
    });
  }
  return Object.is(sent, got) ? [] : [`${place}: ${JSON.stringify(got)} instead of ${JSON.stringify(sent)}`];
}

/** What happened to a table's rows between two looks. */
export function effectOn(table: string, before: Contents, after: Contents): { inserted: number; changed: number; deleted: number } {
  const [old, now] = [before.tables.get(table)?.rows ?? new Map<string, Row>(), after.tables.get(table)?.rows ?? new Map<string, Row>()];
  const kept = [...old].filter(([id]) => now.has(id));
  return {
    inserted: [...now.keys()].filter((id) => !old.has(id)).length,
    changed: kept.filter(([id, row]) => JSON.stringify(row) !== JSON.stringify(now.get(id))).length,
    deleted: old.size - kept.length,
  };
}
