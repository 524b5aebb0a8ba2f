import { createHash, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLocalObjectStore } from "@/storage";
import { bearer, call } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";
import { callProcedure } from "../support/procedures";
import { addUser, sessionOf } from "../support/session";

const rowsSchema = z.object({ rows: z.array(z.looseObject({ id: z.string() })) });
const countSchema = z.object({ total: z.int(), page_size: z.int() });

/** More than two pages, and not a whole number of them. */
const numbered = 120;

let installation: TestInstallation;
let cookie: string;
let organizations: { first: string; second: string };

beforeAll(async () => {
  installation = await startInstallation();
  await addUser(installation, "member@example.com", "member");
  cookie = await sessionOf(installation, "member@example.com");
  organizations = { first: await addOrganization("First"), second: await addOrganization("Second") };
  await installation.pool.query(
    `INSERT INTO assets (organization_id, type, value, normalized_value, last_seen_at)
     SELECT $1, 'domain', n || '.example.com', n || '.example.com', '2026-01-01'::timestamptz + n % 7 * interval '1 day'
     FROM generate_series(1, $2) AS n`,
    [organizations.first, numbered],
  );
  await addAsset("100%_sure.example.org", "archived");
  await addAsset("100 percent.example.org", "active");
});

afterAll(() => installation.stop());

async function addOrganization(name: string): Promise<string> {
  const { rows } = await installation.pool.query<{ id: string }>(
    "INSERT INTO organizations (name, slug, created_by) SELECT $1, lower($1), id FROM users LIMIT 1 RETURNING id",
    [name],
  );
  return rows[0]?.id ?? "";
}

async function addAsset(value: string, status: string): Promise<string> {
  const { rows } = await installation.pool.query<{ id: string }>(
    `INSERT INTO assets (organization_id, type, value, normalized_value, status, metadata, last_seen_at)
     VALUES ($1, 'url', $2, $2, $3::asset_status, '{"port": 12345678901234567890.10}', '294276-12-31 23:59:59.999999Z') RETURNING id`,
    [organizations.second, value, status],
  );
  return rows[0]?.id ?? "";
}

const ask = (path: string, input: unknown) => callProcedure(installation, `inventory.${path}`, { input, headers: { cookie } });

async function listed(kind: string, input: Record<string, unknown> = {}) {
  return rowsSchema.parse((await ask(`${kind}.list`, input)).data).rows;
}

async function total(kind: string, input: Record<string, unknown> = {}): Promise<number> {
  return countSchema.parse((await ask(`${kind}.count`, input)).data).total;
}

describe("assets", () => {
  it("come page by page, each once, newest first", async () => {
    const pages = [await listed("assets", { page: 1 }), await listed("assets", { page: 2 }), await listed("assets", { page: 3 })];
    expect(pages.map((rows) => rows.length)).toEqual([50, 50, numbered + 2 - 100]);
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(numbered + 2);
    const seen = pages.flat().slice(2).map(({ last_seen_at }) => String(last_seen_at));
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect(await listed("assets", { page: 4 })).toEqual([]);
    expect(await total("assets")).toBe(numbered + 2);
  });

  it.each([
    ["any part of the name", { search: "99.EXAMPLE" }, ["99.example.com"]],
    ["the text itself, not a pattern", { search: "100%_" }, ["100%_sure.example.org"]],
    ["nothing with a backslash", { search: "\\" }, []],
    ["a quote", { search: "' OR 1=1 --" }, []],
  ])("are found by %s", async (_how, input, values) => {
    const rows = await listed("assets", input);
    expect(rows.map(({ value }) => value)).toEqual(values);
    expect(await total("assets", input)).toBe(values.length);
  });

  it("are narrowed by organization, type and status together", async () => {
    expect(await total("assets", { organization_id: organizations.first })).toBe(numbered);
    expect(await total("assets", { type: "url" })).toBe(2);
    const input = { organization_id: organizations.second, type: "url", status: "archived", search: "100" };
    expect(await listed("assets", input)).toMatchObject([
      { value: "100%_sure.example.org", organization_name: "Second", last_seen_at: "294276-12-31T23:59:59.999999Z" },
    ]);
    expect(await total("assets", { organization_id: organizations.first, type: "url" })).toBe(0);
  });

  it.each([
    [{ type: "planet" }, "type"],
    [{ organization_id: "x" }, "organization_id"],
    [{ search: "x".repeat(201) }, "search"],
    [{ search: "\u0000" }, "search"],
    [{ page: 0 }, "page"],
  ])("are not asked for by %j", async (input, field) => {
    const answer = await ask("assets.list", input);
    expect(answer).toMatchObject({ status: 400, code: "malformed_request" });
    expect(answer.text).toContain(`"field":"${field}"`);
  });

  it("show every column, with every digit", async () => {
    const id = await addAsset("exact.example.org", "active");
    const { data } = await ask("assets.get", { id });
    expect(data).toMatchObject({ shown: { id, value: "exact.example.org" } });
    const { fields, json } = z.object({ fields: z.array(z.unknown()), json: z.string() }).parse(data);
    expect(fields).toContainEqual({ column: "metadata", nested: true, value: '{\n    "port": 12345678901234567890.10\n}' });
    expect(fields).toContainEqual({ column: "created_by", nested: false, value: null });
    expect(json).toContain("12345678901234567890.10");
    await installation.pool.query("DELETE FROM assets WHERE id = $1", [id]);
    expect(await ask("assets.get", { id })).toMatchObject({ status: 404, code: "record_not_found" });
  });
});

it("organizations say how much is theirs", async () => {
  expect(await listed("organizations", { search: "FIRST" })).toMatchObject([
    { name: "First", assets: numbered, vulnerabilities: 0, files: 0 },
  ]);
});

it("vulnerabilities come worst first, with the asset that has them", async () => {
  const asset = await addAsset("weak.example.org", "active");
  await installation.pool.query(
    `INSERT INTO vulnerabilities (organization_id, asset_id, external_id, title, severity)
     SELECT $1, $2, 'CVE-' || level, 'Weakness of level ' || level, level::severity
     FROM unnest(ARRAY['low', 'critical', 'medium']) AS level`,
    [organizations.second, asset],
  );
  const rows = await listed("vulnerabilities");
  expect(rows.map(({ severity }) => severity)).toEqual(["critical", "medium", "low"]);
  expect(rows[0]).toMatchObject({ asset_value: "weak.example.org", organization_name: "Second", cvss_score: null });
  expect(await total("vulnerabilities", { search: "cve-low" })).toBe(1);
  expect(await listed("vulnerabilities", { severity: "medium", status: "open" })).toHaveLength(1);
});

it("the overview counts what is there", async () => {
  const { data } = await callProcedure(installation, "overview.holds", { headers: { cookie } });
  expect(data).toMatchObject({ organizations: 2, assets: { domain: numbered }, files: { bytes: expect.any(String) as string } });
});

describe("a stored file", () => {
  const content = "<script>alert(document.domain)</script>";
  let id: string;
  let address: string;

  beforeAll(async () => {
    id = await addFile("søk \"1\".html", true);
    address = `/api/v1/files/${id}/content`;
  });

  async function addFile(name: string, stored: boolean, described = content): Promise<string> {
    const sha256 = createHash("sha256").update(described).digest("hex");
    const key = `organizations/${organizations.first}/files/other/${randomUUID()}-x.html`;
    if (stored) {
      const store = createLocalObjectStore({ directory: `${installation.dataDirectory}/objects` });
      const ofContent = { size: Buffer.byteLength(content), sha256: createHash("sha256").update(content).digest("hex") };
      await store.put(key, Buffer.from(content), { ...ofContent, contentType: "text/html", when: "absent" });
      await store.close();
    }
    const { rows } = await installation.pool.query<{ id: string }>(
      `INSERT INTO files (organization_id, file_type, original_name, object_key, content_type, size_bytes, sha256)
       VALUES ($1, 'other', $2, $3, 'text/html', $4, $5) RETURNING id`,
      [organizations.first, name, key, Buffer.byteLength(described), sha256],
    );
    return rows[0]?.id ?? "";
  }

  it("is listed, and saved rather than shown", async () => {
    expect(await listed("files", { search: "SøK" })).toMatchObject([{ id, size_bytes: "39", file_type: "other" }]);
    const response = await fetch(installation.url + address, { headers: { cookie } });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(content);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "39",
      "content-disposition": `attachment; filename="s_k _1_.html"; filename*=UTF-8''s%C3%B8k%20%221%22.html`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
  });

  it("is there for keys, members' too, and for nobody else", async () => {
    const key = await installation.apiKey("member@example.com");
    expect((await fetch(installation.url + address, { headers: bearer(key) })).status).toBe(200);
    expect(await call(installation, address)).toMatchObject({ status: 401, json: { code: "unauthorized" } });
    await installation.pool.query("UPDATE users SET is_active = false WHERE email = 'member@example.com'");
    expect(await call(installation, address, { headers: bearer(key) })).toMatchObject({ status: 401 });
    expect(await call(installation, address, { headers: { cookie } })).toMatchObject({ status: 401 });
    await installation.pool.query("UPDATE users SET is_active = true WHERE email = 'member@example.com'");
  });

  it("answers HEAD without its bytes", async () => {
    const response = await fetch(installation.url + address, { method: "HEAD", headers: { cookie } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-disposition")).toContain("attachment");
    expect(response.headers.get("content-length")).toBe("39");
  });

  it("that does not exist, or whose object is gone, says so", async () => {
    const get = (file: string) => call(installation, `/api/v1/files/${file}/content`, { headers: { cookie } });
    expect(await get(randomUUID())).toMatchObject({ status: 404, json: { code: "record_not_found" } });
    expect(await get("..%2f..%2fetc")).toMatchObject({ status: 404, json: { code: "record_not_found" } });
    expect(await get(await addFile("gone", false))).toMatchObject({ status: 500, json: { code: "object_missing" } });
  });

  it.each([
    ["size", `${content} `],
    ["bytes", content.replace("alert", "other")],
  ])("whose object has another %s than its row says is not sent: the key may be another application's", async (_name, described) => {
    const other = await addFile("other", true, described);
    expect(await call(installation, `/api/v1/files/${other}/content`, { headers: { cookie } })).toMatchObject({
      status: 500,
      json: { code: "object_differs" },
    });
  });

  it("whose object an import may be replacing can be asked for again later", async () => {
    const other = await addFile("replaced", true, content.replace("alert", "other"));
    const { rows } = await installation.pool.query<{ id: string }>(
      "INSERT INTO backup_runs (id, kind, state, options) VALUES (gen_random_uuid(), 'import', 'running', '{}') RETURNING id",
    );
    expect(await call(installation, `/api/v1/files/${other}/content`, { headers: { cookie } })).toMatchObject({
      status: 409,
      json: { code: "import_running" },
    });
    expect((await fetch(installation.url + address, { headers: { cookie } })).status).toBe(200);
    await installation.pool.query("DELETE FROM backup_runs WHERE id = $1", [rows[0]?.id]);
  });

  it("whose bytes turn out otherwise while they are sent does not arrive whole", async () => {
    await addFile("spoilt", true, content);
    const { rows } = await installation.pool.query<{ id: string; object_key: string }>("SELECT id, object_key FROM files WHERE original_name = 'spoilt'");
    const [file] = rows;
    const place = createHash("sha256").update(file?.object_key ?? "").digest("hex");
    const stored = path.join(installation.dataDirectory, "objects", "objects", place.slice(0, 2), place.slice(2));
    await writeFile(stored, (await readFile(stored, "latin1")).replace("alert", "other"), "latin1");
    const answer = fetch(`${installation.url}/api/v1/files/${file?.id}/content`, { headers: { cookie } });
    await expect(answer.then((response) => response.text())).rejects.toThrow();
  });
});
