import type { Prisma } from "@/generated/prisma/client";

import { assetEdges } from "./asset-edges";
import { assets } from "./assets";
import type { Column } from "./column";
import { exposureChanges } from "./exposure-changes";
import { files } from "./files";
import { organizationMembers } from "./organization-members";
import { organizations } from "./organizations";
import { reports } from "./reports";
import { scanJobs } from "./scan-jobs";
import { scans } from "./scans";
import { scopes } from "./scopes";
import type { TableDefinition } from "./table";
import { exportedUserColumns } from "./users";
import { vulnerabilities } from "./vulnerabilities";

/**
 * What becomes of each model of the schema. A model that is missing here does not compile.
 * - a definition: its rows travel in data/<table>.json.
 * - users_on_request: sanitized, only with include_users, never imported.
 * - settings_in_manifest: what is not secret, only with include_settings, never imported.
 * - never: leaves an installation in no form.
 */
type Classification<Name extends string> =
  | TableDefinition<Name>
  | "users_on_request"
  | "settings_in_manifest"
  | "never";

export const classification: { readonly [Name in Prisma.ModelName]: Classification<Name> } = {
  organizations,
  scopes,
  organization_members: organizationMembers,
  assets,
  asset_edges: assetEdges,
  vulnerabilities,
  scans,
  scan_jobs: scanJobs,
  reports,
  files,
  exposure_changes: exposureChanges,
  users: "users_on_request",
  settings: "settings_in_manifest",
  refresh_tokens: "never",
  api_keys: "never",
  integrations: "never",
  backup_runs: "never",
  backup_run_objects: "never",
};

/** Every exported table, each after the tables that it refers to. */
export const exportedTables: readonly TableDefinition[] = inDependencyOrder(
  Object.values(classification).flatMap((entry): TableDefinition[] => (typeof entry === "object" ? [entry] : [])),
);

function inDependencyOrder(tables: readonly TableDefinition[]): TableDefinition[] {
  const ordered: TableDefinition[] = [];
  let waiting = [...tables];
  while (waiting.length > 0) {
    const known = new Set(ordered.map((table) => table.name));
    const ready = waiting.filter((table) => referencedTables(table).every((name) => known.has(name)));
    if (ready.length === 0) {
      throw new Error(`Tables refer to each other in a circle: ${waiting.map((table) => table.name).join(", ")}`);
    }
    ordered.push(...ready);
    waiting = waiting.filter((table) => !ready.includes(table));
  }
  return ordered;
}

function referencedTables(table: TableDefinition): string[] {
  return Object.values(table.columns).flatMap((column) => (column.references === null ? [] : [column.references]));
}

/** Every table that a bundle of this release may hold. */
export const bundleTables: readonly string[] = [...exportedTables.map((table) => table.name), "users"];

/** Those of such a table that a bundle carries. */
export function exportedColumns(table: string): Readonly<Record<string, Column>> {
  return table === "users" ? exportedUserColumns : definitionOf(table).columns;
}

/** By which of its columns a bundle's rows of such a table are sorted. */
export function rowOrder(table: string): readonly string[] {
  return table === "users" ? ["id"] : definitionOf(table).rowOrder;
}

function definitionOf(table: string): TableDefinition {
  const definition = exportedTables.find(({ name }) => name === table);
  if (definition === undefined) throw new Error(`No bundle holds a table ${table}`);
  return definition;
}
