import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadRealInventory, type RealInventoryOptions } from "@/seed";
import { createLocalObjectStore, type ObjectStore } from "@/storage";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { countOf, digests } from "./facts";

const programs = {
  programs: [
    {
      name: "Völkers & Søn",
      url: "https://a.example/security",
      bounty: true,
      swag: true,
      domains: ["a.example", "a.test", "a.example"],
    },
    { name: "volkers søn", url: "https://b.example/security", bounty: false, domains: [] },
    { name: "日本", url: "https://c.example/security", bounty: false, domains: ["bücher.example"] },
  ],
};

const entry = {
  cveID: "CVE-2024-12345",
  vendorProject: "Vendor",
  product: "Product",
  vulnerabilityName: "Vendor Product Path Traversal",
  dateAdded: "2024-02-29",
  shortDescription: "A path\ttraversal \\..\\",
  requiredAction: "Update.",
  dueDate: "2024-03-21",
  knownRansomwareCampaignUse: "Known",
  notes: "See https://vendor.example/a ; https://nvd.nist.gov/vuln/detail/CVE-2024-12345",
  cwes: ["CWE-22"],
};
const catalog = {
  catalogVersion: "2024.03.01",
  count: 2,
  vulnerabilities: [entry, { ...entry, cveID: "CVE-2024-12346", knownRansomwareCampaignUse: "Unknown", cwes: [] }],
};

let database: TestDatabase;
let folder: string;
let objects: ObjectStore;
let files: RealInventoryOptions;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "real-inventory-"));
  objects = createLocalObjectStore({ directory: path.join(folder, "objects") });
  files = {
    programsFile: await write("programs.json", programs),
    vulnerabilityCatalogFile: await write("catalog.json", catalog),
    seed: "real",
  };
});

afterAll(async () => {
  await objects.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ["a missing file", "missing.json", undefined, "file_unreadable", /missing\.json cannot be read/],
  ["what is no JSON", "broken.json", "{", "file_invalid", /broken\.json is no JSON/],
  [
    "a domain that is none",
    "domain.json",
    { programs: [{ ...programs.programs[0], domains: ["a b"] }] },
    "file_invalid",
    /programs\.0\.domains\.0: is no domain name/,
  ],
  ["a list without domains", "none.json", { programs: [programs.programs[1]] }, "file_invalid", /lists no domain/],
])("refuses %s, says where and adds nothing", async (_, name, content, code, message) => {
  const programsFile = content === undefined ? path.join(folder, name) : await write(name, content);
  const before = await digests(database.pool);
  const load = loadRealInventory({ ...files, programsFile }, { pool: database.pool, objects });
  await expect(load).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(await digests(database.pool)).toEqual(before);
});

test("refuses a catalogue that was cut short", async () => {
  const vulnerabilityCatalogFile = await write("short.json", { ...catalog, count: 3 });
  const load = loadRealInventory({ ...files, vulnerabilityCatalogFile }, { pool: database.pool, objects });
  await expect(load).rejects.toMatchObject({
    code: "file_invalid",
    message: expect.stringContaining("is the file whole?"),
  });
});

test("loads one organization and one object for each programme", async () => {
  const summary = await loadRealInventory(files, { pool: database.pool, objects });
  expect(summary.rows).toEqual({ users: 1, organizations: 3, scopes: 3, assets: 3, vulnerabilities: 2, files: 3 });
  expect(summary.objects.count).toBe(3);
  const { rows: organizations } = await database.pool.query("SELECT slug, settings FROM organizations ORDER BY slug");
  expect(organizations).toEqual([
    { slug: "program", settings: { program: { url: "https://c.example/security", bounty: false, swag: false } } },
    { slug: "volkers-s-n", settings: { program: { url: "https://a.example/security", bounty: true, swag: true } } },
    { slug: "volkers-s-n-2", settings: { program: { url: "https://b.example/security", bounty: false, swag: false } } },
  ]);
  const { rows: assets } = await database.pool.query("SELECT value, normalized_value FROM assets ORDER BY value");
  expect(assets).toContainEqual({ value: "bücher.example", normalized_value: "xn--bcher-kva.example" });
  const { rows: vulnerabilities } = await database.pool.query(
    `SELECT external_id, severity, "references", first_seen_at::date::text AS added
     FROM vulnerabilities ORDER BY external_id`,
  );
  expect(vulnerabilities[0]).toEqual({
    external_id: "CVE-2024-12345",
    severity: "critical",
    references: ["https://vendor.example/a", "https://nvd.nist.gov/vuln/detail/CVE-2024-12345"],
    added: "2024-02-29",
  });
  expect(vulnerabilities[1]).toMatchObject({ external_id: "CVE-2024-12346", severity: "high" });
  expect(
    await countOf(
      database.pool,
      "files f WHERE NOT EXISTS (SELECT FROM organizations o WHERE o.id = f.organization_id)",
    ),
  ).toBe(0);
});

test("refuses to load organizations that are there, whatever the seed", async () => {
  const before = await digests(database.pool);
  const again = loadRealInventory({ ...files, seed: "another" }, { pool: database.pool, objects });
  await expect(again).rejects.toMatchObject({ code: "already_seeded" });
  expect(await digests(database.pool)).toEqual(before);
});

async function write(name: string, content: unknown): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}
