import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { InvalidRowsError, previewImport } from "@/backup";
import type * as FamiliarRows from "@/backup/plan/familiar-rows";
import type { RowSample } from "@/backup/report";

import { createInstallation, withBundle, type Installation } from "../support/backup";
import { makeBundle } from "../support/backup/bundle-file";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { foreignRows, installed, world } from "../support/backup/worlds";

/** What is seen at one glance, and whether anybody may. */
const glance = vi.hoisted(() => ({ isTaken: true, seen: [] as string[] }));
vi.mock("@/backup/plan/familiar-rows", async (original) => {
  const { areFamiliar } = await original<typeof FamiliarRows>();
  return {
    areFamiliar: async (...args: Parameters<typeof areFamiliar>) => {
      const isFamiliar = glance.isTaken && (await areFamiliar(...args));
      if (isFamiliar && args[1].rows > 0) glance.seen.push(args[1].name);
      return isFamiliar;
    },
  };
});

const { uuid } = sample;
const content = Buffer.from("a note");

let target: Installation;
beforeAll(async () => {
  target = await createInstallation();
});
beforeEach(() => target.clear());
afterAll(() => target.drop());

type Row = Record<string, unknown>;
type Tables = Record<string, Row[]>;

/** Every table, in two organizations; of assets and vulnerabilities so many that the file's are looked up one by one. */
function everyTable(): Tables {
  const several = Array.from({ length: 10 }, (_, index) => index);
  return {
    organizations: [sample.organizationRow(1), sample.organizationRow(2)],
    scopes: [sample.scopeRow(10, 1), sample.scopeRow(11, 2)],
    assets: [...several.map((index) => sample.assetRow(20 + index, 1)), sample.assetRow(30, 2)],
    asset_edges: [sample.edgeRow(35, 1, 20, 21), sample.edgeRow(36, 1, 21, 22)],
    scans: [sample.scanRow(40, 1), sample.scanRow(41, 1), sample.scanRow(42, 2)],
    scan_jobs: [sample.jobRow(45, 1, 40), sample.jobRow(46, 2, 42)],
    vulnerabilities: several.map((index) => sample.vulnerabilityRow(50 + index, 1, 20 + index, { scan_id: uuid(40) })),
    files: [sample.fileRow(60, 1, content, { scan_id: uuid(40), scan_job_id: uuid(45), asset_id: uuid(20), vulnerability_id: uuid(50) })],
    reports: [sample.reportRow(70, 1, { scan_id: uuid(40), file_id: uuid(60) }), sample.reportRow(71, 1)],
    exposure_changes: [sample.changeRow(80, 1, { scan_id: uuid(40), asset_id: uuid(20) }), sample.changeRow(81, 2)],
  };
}

const allTables = Object.keys(everyTable());

function set(tables: Tables, table: string, id: number, values: Row): void {
  const row = tables[table]?.find((candidate) => candidate["id"] === uuid(id));
  if (row === undefined) throw new Error(`${table} has no row ${id}`);
  Object.assign(row, values);
}

/** Whatever a preview tells, or why it refuses. */
async function tell(bundle: string, isTaken: boolean): Promise<object> {
  Object.assign(glance, { isTaken, seen: [] });
  const samples: RowSample[] = [];
  const onSamples = async (some: RowSample[]) => void samples.push(...some);
  try {
    const { pool, objects, adminId: importingUserId } = target;
    const context = { pool, objects, importingUserId, signal: new AbortController().signal, onSamples };
    return { analysis: await withBundle(bundle, (opened) => previewImport(opened, context)), samples };
  } catch (error) {
    if (!(error instanceof InvalidRowsError)) throw error;
    return { errors: error.errors, count: error.count };
  }
}

/** Holds a preview that takes the short way against one that never does. */
async function compare(bundle: string): Promise<{ told: object; familiar: string[] }> {
  const expected = await tell(bundle, false);
  const told = await tell(bundle, true);
  expect(told).toEqual(expected);
  return { told, familiar: [...glance.seen] };
}

interface Case {
  name: string;
  /** Changes what is here, or what the bundle brings of the same. */
  change: (bundle: Tables, here: Tables) => void;
  /** Tables that are not told at one glance. */
  strange: readonly string[];
  told?: unknown;
}

const conflictsOf = (table: string, conflict: number) => ({ analysis: { plan: { skip_existing: { tables: { [table]: { conflict } } } } } });
const warningOf = (code: string, table: string, column: string) => ({
  analysis: { warnings: expect.arrayContaining([expect.objectContaining({ code, table, column, count: 1 })]) as unknown },
});
const errorOf = (code: string, table: string, row: number, column: string) => ({ count: 1, errors: [{ code, table, row, column }] });

const children = ["asset_edges", "vulnerabilities", "files", "exposure_changes"];

const cases: readonly Case[] = [
  { name: "all is the same", change: () => undefined, strange: [] },
  {
    name: "values that identify nothing differ",
    change: ({ assets, vulnerabilities }) => {
      for (const row of assets ?? []) row["status"] = "archived";
      for (const row of vulnerabilities ?? []) row["metadata"] = { other: true };
    },
    strange: [],
    told: { analysis: { plan: { merge: { tables: { assets: { update: 11 }, vulnerabilities: { update: 10 } } } } } },
  },
  {
    name: "an optional reference leads to another row of the same organization",
    change: (bundle) => set(bundle, "vulnerabilities", 50, { scan_id: uuid(41) }),
    strange: [],
    told: { analysis: { plan: { merge: { tables: { vulnerabilities: { update: 1 } } } } } },
  },
  {
    name: "two rows exchange their natural keys",
    change: (bundle) => {
      set(bundle, "assets", 20, { normalized_value: "asset-21.example" });
      set(bundle, "assets", 21, { normalized_value: "asset-20.example" });
    },
    strange: ["assets"],
    told: conflictsOf("assets", 2),
  },
  {
    name: "a natural key is another one",
    change: (bundle) => set(bundle, "scopes", 10, { value: "other.example" }),
    strange: ["scopes"],
    told: conflictsOf("scopes", 0),
  },
  {
    name: "a reference in a natural key leads to another row",
    change: (bundle) => set(bundle, "vulnerabilities", 50, { asset_id: uuid(21) }),
    strange: ["vulnerabilities"],
  },
  {
    name: "a row is here under another id",
    change: (_, here) => {
      set(here, "assets", 29, { id: uuid(31) });
      set(here, "vulnerabilities", 59, { asset_id: uuid(31) });
    },
    strange: ["assets", ...children],
    told: { analysis: { plan: { skip_existing: { tables: { assets: { remapped: 1 }, vulnerabilities: { skip: 10 } } } } } },
  },
  {
    name: "an organization is here under another id",
    change: (bundle, here) => {
      here["organizations"]?.push(sample.organizationRow(3, { slug: "three" }));
      bundle["organizations"]?.push(sample.organizationRow(4, { slug: "three" }));
    },
    strange: allTables,
  },
  {
    name: "a row is another organization's here",
    change: (_, here) => {
      set(here, "assets", 29, { organization_id: uuid(2) });
      set(here, "vulnerabilities", 59, { asset_id: uuid(28) });
    },
    strange: ["assets", "vulnerabilities", ...children],
    told: conflictsOf("assets", 1),
  },
  {
    name: "a row without a natural key is another organization's here",
    change: (_, here) => set(here, "reports", 71, { organization_id: uuid(2) }),
    strange: ["reports"],
    told: conflictsOf("reports", 1),
  },
  {
    name: "of few rows one refers to a new one of many",
    change: (bundle) => {
      bundle["assets"]?.push(sample.assetRow(31, 1));
      set(bundle, "files", 60, { asset_id: uuid(31) });
    },
    strange: ["assets", "files"],
  },
  {
    name: "one row of a hundred and more is new, and the last",
    change: (bundle, here) => {
      const many = Array.from({ length: 150 }, (_, index) => sample.assetRow(1000 + index, 1));
      here["assets"]?.push(...many);
      bundle["assets"]?.push(...many, sample.assetRow(2000, 1));
    },
    strange: ["assets"],
    told: { analysis: { plan: { merge: { tables: { assets: { insert: 1, unchanged: 161 } } } } } },
  },
  {
    name: "one row of many has another natural key, and is the last",
    change: (bundle, here) => {
      const many = Array.from({ length: 150 }, (_, index) => sample.assetRow(1000 + index, 1));
      here["assets"]?.push(...many);
      bundle["assets"]?.push(...many.map((row, index) => (index === 149 ? { ...row, type: "ip" } : row)));
    },
    strange: ["assets"],
  },
  {
    name: "a row refers to one that is new",
    change: (bundle) => {
      bundle["scans"]?.push(sample.scanRow(43, 1));
      set(bundle, "vulnerabilities", 50, { scan_id: uuid(43) });
    },
    strange: ["scans"],
  },
  {
    name: "two rows of the bundle have the natural key of one that is here",
    change: ({ assets }) => assets?.push(sample.assetRow(31, 1, { normalized_value: "asset-20.example" })),
    strange: ["assets"],
    told: errorOf("natural_key_duplicate", "assets", 11, "organization_id, type, normalized_value"),
  },
  {
    name: "a row that is here stands twice in the bundle",
    change: ({ assets }) => assets?.unshift({ ...assets[0] }),
    strange: ["assets"],
    told: { count: 2, errors: [{ code: "id_duplicate" }, { code: "natural_key_duplicate" }] },
  },
  {
    name: "an id stands twice, and as many rows as there are in all are here",
    change: ({ exposure_changes: changes }) => changes?.splice(1, 1, { ...changes[0] }),
    strange: ["exposure_changes"],
    told: errorOf("id_duplicate", "exposure_changes", 1, "id"),
  },
  {
    name: "the last of a hundred and more rows is one of them once more",
    change: (bundle, here) => {
      const many = Array.from({ length: 150 }, (_, index) => sample.assetRow(1000 + index, 1));
      here["assets"]?.push(...many);
      bundle["assets"]?.push(...many, ...many.slice(-1));
    },
    strange: ["assets"],
    told: { count: 2, errors: [{ code: "id_duplicate" }, { code: "natural_key_duplicate" }] },
  },
  { name: "rows come in another order", change: ({ assets }) => assets?.reverse(), strange: [] },
  {
    name: "a required reference of a row that is here leads nowhere",
    change: (bundle) => set(bundle, "scan_jobs", 45, { scan_id: uuid(999) }),
    strange: ["scan_jobs"],
    told: errorOf("reference_missing", "scan_jobs", 0, "scan_id"),
  },
  {
    name: "an optional reference of a row that is here leads nowhere",
    change: (bundle) => set(bundle, "vulnerabilities", 50, { scan_id: uuid(999) }),
    strange: ["vulnerabilities"],
    told: warningOf("reference_lost", "vulnerabilities", "scan_id"),
  },
  {
    name: "of few rows one refers nowhere among many",
    change: (bundle) => set(bundle, "files", 60, { asset_id: uuid(999) }),
    strange: ["files"],
    told: warningOf("reference_lost", "files", "asset_id"),
  },
  {
    name: "a row refers to one of another organization",
    change: (bundle) => set(bundle, "vulnerabilities", 50, { scan_id: uuid(42) }),
    strange: ["vulnerabilities"],
    told: errorOf("reference_crosses_organizations", "vulnerabilities", 0, "scan_id"),
  },
  {
    name: "of few rows one refers to another organization's among many",
    change: (bundle) => set(bundle, "files", 60, { asset_id: uuid(30) }),
    strange: ["files"],
    told: errorOf("reference_crosses_organizations", "files", 0, "asset_id"),
  },
  {
    name: "here, too, rows refer to others' rows",
    change: (bundle, here) => {
      for (const tables of [bundle, here]) {
        set(tables, "scan_jobs", 45, { scan_id: uuid(42) });
        set(tables, "asset_edges", 35, { to_asset_id: uuid(30) });
      }
    },
    strange: ["scan_jobs", "asset_edges", "vulnerabilities", "files", "reports", "exposure_changes"],
    told: { count: 2 },
  },
  {
    name: "rows refer to what is here and not in the bundle",
    change: (bundle) => {
      bundle["scans"] = [];
      bundle["scan_jobs"] = [];
    },
    strange: ["scans", "scan_jobs"],
    told: { analysis: { plan: { merge: { tables: { vulnerabilities: { unchanged: 10 }, files: { unchanged: 1 } } } } } },
  },
  {
    name: "rows refer to what is another organization's here and not in the bundle",
    change: (bundle) => {
      Object.assign(bundle, { scans: [], scan_jobs: [] });
      set(bundle, "vulnerabilities", 50, { scan_id: uuid(42) });
    },
    strange: ["scans", "scan_jobs", "vulnerabilities"],
    told: warningOf("reference_lost", "vulnerabilities", "scan_id"),
  },
  {
    name: "of a table's rows that others refer to one is here alone",
    change: ({ scans }) => scans?.shift(),
    // Jobs and all others refer to it.
    strange: ["scan_jobs", "vulnerabilities", "files", "reports", "exposure_changes"],
  },
  {
    name: "the bundle has fewer rows",
    change: (bundle) => {
      bundle["files"] = [];
      bundle["exposure_changes"]?.pop();
    },
    strange: ["files"],
  },
];

describe("what is told at one glance is what all the rules tell", () => {
  test.each(cases)("where $name", async ({ change, strange, told: expected }) => {
    const here = everyTable();
    const bundle = everyTable();
    change(bundle, here);
    await insertRows(target, here);
    const { told, familiar } = await compare(await makeBundle(target.folder, bundle));
    expect(told).toMatchObject(expected ?? {});
    for (const table of strange) expect(familiar).not.toContain(table);
    // Once anything is wrong, nothing is familiar any more.
    if ("analysis" in told) expect([...familiar].sort()).toEqual(allTables.filter((table) => !strange.includes(table)).sort());
  });

  test("where nothing is here", async () => {
    const { familiar } = await compare(await makeBundle(target.folder, everyTable()));
    expect(familiar).toEqual([]);
  });

  test("where another object is stored under the key of a file that is here", async () => {
    await insertRows(target, everyTable());
    const file = everyTable()["files"]?.[0] ?? {};
    const other = Buffer.from("another");
    await target.objects.put(String(file["object_key"]), other, { size: other.length, sha256: sample.fileRow(1, 1, other)["sha256"] as string, contentType: "text/plain", when: "always" });
    const { familiar } = await compare(await makeBundle(target.folder, everyTable(), { [uuid(60)]: content }));
    expect(familiar).toContain("files");
  });

  test("in any world", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(world, world, fc.boolean(), async (mine, theirs, isSame) => {
        await target.clear();
        await insertRows(target, installed(mine));
        await insertRows(target, foreignRows());
        const { rows, objects } = isSame ? mine : theirs;
        const { familiar } = await compare(await makeBundle(target.folder, rows, objects));
        for (const table of familiar) seen.add(table);
      }),
      { numRuns: Number(process.env["PROPERTY_RUNS"] ?? 15), endOnFailure: false },
    );
    expect(seen.size).toBeGreaterThan(0);
  }, 600_000);
});

test("a plan says the same, whichever way it was found", async () => {
  await insertRows(target, everyTable());
  const bundle = await makeBundle(target.folder, everyTable());
  const digests: string[] = [];
  for (const isTaken of [true, false]) {
    Object.assign(glance, { isTaken, seen: [] });
    digests.push((await target.preview(bundle)).plan.merge.digest);
  }
  expect(digests[0]).toBe(digests[1]);
  glance.isTaken = true;
  await target.import(bundle, "merge", { expectedPlan: digests[1] });
});
