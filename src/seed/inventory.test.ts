import { describe, expect, test } from "vitest";
import type { Row, Table } from "./copy";
import { createInventory } from "./inventory";
import { checkSeedOptions, type SeedOptions } from "./options";
import { assetEdges } from "./tables/asset-edges";
import { assets } from "./tables/assets";
import { files } from "./tables/files";
import { organizations } from "./tables/organizations";
import { vulnerabilities } from "./tables/vulnerabilities";

const inventoryOf = (options: Partial<SeedOptions>) =>
  createInventory(
    checkSeedOptions({ organizations: 3, assets: 0, vulnerabilities: 0, files: 0, seed: "inventory", ...options }),
  );

const rowsOf = (table: Table): Row<string>[] => [...table.rows()];

const repeated = (rows: readonly Row<string>[], columns: readonly string[]) =>
  rows.length - new Set(rows.map((row) => JSON.stringify(columns.map((column) => row[column])))).size;

describe("natural keys do not repeat", () => {
  test("among thousands of organizations", () => {
    const rows = rowsOf(organizations(inventoryOf({ organizations: 3000 })));
    expect(rows).toHaveLength(3000);
    expect(repeated(rows, ["slug"])).toBe(0);
  });

  test("among many assets of few organizations, and their edges", () => {
    const inventory = inventoryOf({ organizations: 2, assets: 40_000 });
    const rows = rowsOf(assets(inventory));
    expect(rows).toHaveLength(40_000);
    expect(repeated(rows, ["organization_id", "type", "normalized_value"])).toBe(0);
    const edges = rowsOf(assetEdges(inventory));
    expect(edges.length).toBeGreaterThan(40_000);
    expect(repeated(edges, ["organization_id", "from_asset_id", "to_asset_id", "relation_type"])).toBe(0);
  });

  test.each([
    { organizations: 1, assets: 1, vulnerabilities: 500 },
    { organizations: 5, assets: 3, vulnerabilities: 500 },
    { organizations: 2, assets: 999, vulnerabilities: 20_000 },
  ])("among $vulnerabilities vulnerabilities on $assets assets", (options) => {
    const rows = rowsOf(vulnerabilities(inventoryOf(options)));
    expect(rows).toHaveLength(options.vulnerabilities);
    expect(repeated(rows, ["organization_id", "asset_id", "external_id", "matched_url"])).toBe(0);
  });

  test("among object keys", () => {
    const rows = rowsOf(files(inventoryOf({ organizations: 4, assets: 10, files: 900, fileBytes: 900 })));
    expect(repeated(rows, ["object_key"])).toBe(0);
    for (const row of rows) expect(Buffer.byteLength(String(row.object_key))).toBeLessThanOrEqual(1024);
  });
});

test("what an organization's rows refer to is the organization's own", () => {
  const inventory = inventoryOf({ organizations: 4, assets: 400, vulnerabilities: 300 });
  const owner = new Map(rowsOf(assets(inventory)).map((row) => [row.id, row.organization_id]));
  for (const row of rowsOf(vulnerabilities(inventory))) expect(owner.get(row.asset_id ?? "")).toBe(row.organization_id);
  for (const row of rowsOf(assetEdges(inventory))) {
    expect(owner.get(row.from_asset_id ?? "")).toBe(row.organization_id);
    expect(owner.get(row.to_asset_id ?? "")).toBe(row.organization_id);
  }
});

test("a limit on edges is met exactly, out of all organizations", () => {
  const rows = rowsOf(assetEdges(inventoryOf({ organizations: 3, assets: 3000, edges: 777 })));
  expect(rows).toHaveLength(777);
  expect(new Set(rows.map((row) => row.organization_id)).size).toBe(3);
  expect(rowsOf(assetEdges(inventoryOf({ assets: 3000, edges: 0 })))).toEqual([]);
});

test.each([
  [{ organizations: 0, assets: 1 }, /assets need at least one organization/],
  [{ organizations: 0, files: 1 }, /files need at least one organization/],
  [{ vulnerabilities: 1 }, /vulnerabilities need at least one asset/],
  [{ fileBytes: 1 }, /fileBytes need at least one file/],
  [{ assets: -1 }, /assets must not be negative/],
  [{ files: 1.5 }, /files must be a whole number/],
  [{ seed: "" }, /seed must not be empty/],
])("refuses %j", (options, message) => {
  expect(() => inventoryOf(options)).toThrow(message);
});
