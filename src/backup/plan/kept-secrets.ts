import type { PoolClient } from "pg";
import { escapeLiteral } from "pg";

import type { Manifest } from "@/bundle";

import { secretEndingPattern, secretsRemoved } from "../secrets";
import type { StagedTable } from "./staged-table";

/**
 * The JSON of an existing row after an import that brings `imported`: what an export made null
 * for its name keeps the value that it has here. Objects are matched by name, arrays of equal
 * length by position.
 */
export function withKeptSecrets(imported: string, existing: string): string {
  // Most rows are the same here or hold no null, and the function costs as much as all else that is done with a row.
  return `CASE
    WHEN ${imported} = ${existing} THEN ${existing}
    WHEN NOT jsonb_path_exists(${imported}, 'strict $.** ? (@ == null)') THEN ${imported}
    ELSE pg_temp.with_kept_secrets(${imported} #> '{}', ${existing} #> '{}')
  END`;
}

/** Notes which of a table's columns an export took secrets out of, as the bundle itself says. */
export function noteScrubbedColumns(staged: StagedTable, { warnings }: Manifest): void {
  for (const { code, table, column } of warnings) {
    if (code !== secretsRemoved || table !== staged.name || column === undefined) continue;
    if (staged.has(column) && staged.definition.columns[column]?.type.kind === "json") staged.scrubbedColumns.add(column);
  }
}

/**
 * Once a session: it lives in the session's own schema, and goes with it or with a rollback.
 * It holds the documents once or twice for each level that they nest, which is why a row's
 * `nested` bytes are limited; both come in memory whole (`#> '{}'`), as every name is looked up.
 */
export async function defineKeptSecrets(client: PoolClient): Promise<void> {
  const isSecret = `regexp_replace(lower(normalize(name, NFKC)), '[^[:alnum:]]', '', 'g') ~ ${escapeLiteral(secretEndingPattern)}`;
  await client.query(`
    CREATE OR REPLACE FUNCTION pg_temp.with_kept_secrets(imported jsonb, existing jsonb) RETURNS jsonb
    LANGUAGE plpgsql AS $function$
    BEGIN
      IF jsonb_typeof(imported) <> jsonb_typeof(existing) THEN
        RETURN imported;
      ELSIF jsonb_typeof(imported) = 'object' THEN
        RETURN (SELECT coalesce(jsonb_object_agg(name, CASE
            WHEN value = 'null' AND existing ? name AND ${isSecret} THEN existing -> name
            WHEN jsonb_typeof(value) IN ('object', 'array') AND existing ? name THEN pg_temp.with_kept_secrets(value, existing -> name)
            ELSE value
          END), '{}')
          FROM jsonb_each(imported) AS members (name, value));
      ELSIF jsonb_typeof(imported) = 'array' AND jsonb_array_length(imported) = jsonb_array_length(existing) THEN
        RETURN (SELECT coalesce(jsonb_agg(pg_temp.with_kept_secrets(element, existing -> (place - 1)::integer) ORDER BY place), '[]')
          FROM jsonb_array_elements(imported) WITH ORDINALITY AS elements (element, place));
      END IF;
      RETURN imported;
    END $function$`);
}
