import { createHash } from "node:crypto";
import { readdir, stat, truncate } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { exportEstimateSchema, rowSampleSchema } from "@/backup";
import { previewResponseSchema } from "@/server/http/backup/schemas";
import { runSchema, type RunRecord } from "@/server/runs";
import { api, bearer, call, exportBundle, form, upload } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";
import { callProcedure } from "../support/procedures";
import { addUser, sessionOf } from "../support/session";

/** More than the rows of a kind that a preview keeps. */
const assets = 450;

let installation: TestInstallation;
let key: string;
let admin: string;
let other: string;
let bundle: Buffer;

beforeAll(async () => {
  installation = await startInstallation();
  key = await installation.apiKey();
  await addUser(installation, "other@example.com", "admin");
  admin = await sessionOf(installation, installation.adminEmail);
  other = await sessionOf(installation, "other@example.com");
  await installation.pool.query(
    `WITH organization AS (
       INSERT INTO organizations (name, slug, created_by) SELECT 'one', 'one', id FROM users LIMIT 1 RETURNING id
     )
     INSERT INTO assets (organization_id, type, value, normalized_value)
     SELECT id, 'domain', n || '.example.com', n || '.example.com' FROM organization, generate_series(1, $1::integer) AS n`,
    [assets],
  );
  await installation.pool.query(`INSERT INTO settings (key, value, is_secret) VALUES ('theme', '"dark"', false), ('bot', '"s3cret"', true)`);
  ({ bundle } = await exportBundle(installation, key));
});

afterAll(() => installation.stop());

async function ask<Schema extends z.ZodType>(procedure: string, input: unknown, schema: Schema, cookie = admin): Promise<z.output<Schema>> {
  const answer = await callProcedure(installation, `systemBackup.${procedure}`, { input, headers: { cookie } });
  if (answer.status !== 200) throw new Error(`${procedure}: ${answer.text}`);
  return schema.parse(answer.data);
}

const tell = (procedure: string, input: unknown, cookie = admin) =>
  callProcedure(installation, `systemBackup.${procedure}`, { type: "mutation", input, headers: { cookie } });

const runId = z.object({ run_id: z.uuid() });

async function preparedExport(cookie = admin): Promise<string> {
  const options = { include_files: true, include_users: false, include_scan_history: true, include_settings: true };
  return runId.parse((await tell("exports.prepare", options, cookie)).data).run_id;
}

/** The runs that a subscription tells, until it ends by itself. */
async function watch(id: string, headers: Record<string, string> = {}): Promise<RunRecord[]> {
  const input = encodeURIComponent(JSON.stringify({ id }));
  const response = await fetch(`${installation.url}/api/trpc/systemBackup.runs.watch?input=${input}`, {
    headers: { cookie: admin, "sec-fetch-site": "same-origin", accept: "text/event-stream", ...headers },
  });
  const events = (await response.text()).split("\n\n").filter((event) => /^id: /m.test(event));
  return events.map((event) => runSchema.parse(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "")));
}

async function previewed(): Promise<string> {
  const answer = await upload(installation, key, "/import/preview", form(bundle));
  return previewResponseSchema.parse(answer.json).preview_id ?? "";
}

describe("an estimate", () => {
  it("counts exactly what an export then holds", async () => {
    const estimate = await ask("exports.estimate", {}, exportEstimateSchema);
    const counted = Object.fromEntries(estimate.tables.map(({ table, rows }) => [table, rows]));
    expect(counted).toMatchObject({ organizations: 1, assets, users: 2, files: 0 });
    expect(estimate.tables.find(({ table }) => table === "users")?.only_with).toBe("include_users");
    expect(estimate.settings).toBe(1);
    const bytes = estimate.tables.reduce((sum, table) => sum + table.bytes, 0);
    expect(bytes).toBeGreaterThan(bundle.length / 4);
    expect(bytes).toBeLessThan(bundle.length * 4);
  });
});

describe("a prepared export", () => {
  it("is downloaded by a plain GET, once, under the run's id", async () => {
    const id = await preparedExport();
    const [runs, response] = await Promise.all([
      watch(id),
      fetch(`${installation.url}${api}/export/${id}`, { headers: { cookie: admin } }),
    ]);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="system-backup-/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-backup-run-id")).toBe(id);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(runs.at(-1)).toMatchObject({ id, state: "succeeded", bundle_sha256: sha256, bytes: bytes.length });
    const again = await call(installation, `${api}/export/${id}`, { headers: { cookie: admin } });
    expect(again).toMatchObject({ status: 404, json: { code: "download_not_found" } });
  });

  it("is nobody else's, and stays whose it is", async () => {
    const id = await preparedExport();
    const path = `${api}/export/${id}`;
    expect(await call(installation, path)).toMatchObject({ status: 401 });
    expect(await call(installation, path, { headers: { cookie: other } })).toMatchObject({ json: { code: "download_not_found" } });
    expect(await call(installation, path, { headers: { cookie: admin } })).toMatchObject({ status: 200 });
  });
});

describe("a kept preview", () => {
  const keptSchema = z.object({ preview: previewResponseSchema, settings_here: z.record(z.string(), z.unknown()) });
  const rowsSchema = z.object({ rows: z.array(rowSampleSchema), page_size: z.int(), kept: z.int(), total: z.int() });

  it("says again what it said, beside the settings here without secrets", async () => {
    const answer = await upload(installation, key, "/import/preview", form(bundle));
    const preview = previewResponseSchema.parse(answer.json);
    const kept = await ask("previews.get", { id: preview.preview_id }, keptSchema);
    expect(kept.preview).toEqual(preview);
    expect(kept.settings_here).toEqual({ theme: "dark" });
  });

  it("shows rows field by field, in pages, and says how many there are beyond those kept", async () => {
    await installation.pool.query("UPDATE assets SET tags = ARRAY['here']");
    const id = await previewed();
    const query = { id, table: "assets", kind: "update", mode: "merge" };
    const first = await ask("previews.rows", query, rowsSchema);
    expect(first).toMatchObject({ kept: 200, total: assets });
    expect(first.rows).toHaveLength(first.page_size);
    expect(first.rows[0]).toMatchObject({ kind: "update", mode: "merge", row: 0, changes: [{ column: "tags", here: "{here}", imported: "{}" }] });
    const last = await ask("previews.rows", { ...query, page: 200 / first.page_size }, rowsSchema);
    expect(last.rows.at(-1)?.row).toBe(199);
    expect((await ask("previews.rows", { ...query, page: 200 / first.page_size + 1 }, rowsSchema)).rows).toEqual([]);
    expect(await ask("previews.rows", { ...query, mode: "skip_existing" }, rowsSchema)).toMatchObject({ kept: 0, total: 0 });
    expect(await callProcedure(installation, "systemBackup.previews.rows", { input: { ...query, table: "../x" }, headers: { cookie: admin } })).toMatchObject({ code: "malformed_request" });
  });

  it("keeps its rows where only the application reads them", async () => {
    const id = await previewed();
    const folder = path.join(installation.dataDirectory, "staging", id, "contents");
    for (const name of await readdir(folder)) expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it("keeps what it said where comparing it again fails", async () => {
    const id = await previewed();
    const folder = path.join(installation.dataDirectory, "staging", id);
    const rows = { id, table: "assets", kind: "insert", mode: "merge" };
    const before = await ask("previews.rows", rows, rowsSchema);
    await truncate(path.join(folder, "bundle.zip"), 100);
    const answer = await tell("previews.refresh", { id });
    expect(previewResponseSchema.parse(answer.data)).toMatchObject({ valid: false });
    expect(await ask("previews.rows", rows, rowsSchema)).toEqual(before);
    expect((await readdir(folder)).sort()).toEqual(["bundle.zip", "contents", "preview.json"]);
  });

  it("is compared again with what has changed here meanwhile", async () => {
    const id = await previewed();
    await installation.pool.query("UPDATE assets SET tags = '{}' WHERE value = '1.example.com'");
    const answer = await tell("previews.refresh", { id });
    const preview = previewResponseSchema.parse(answer.data);
    expect(preview.preview_id).toBe(id);
    expect(preview.plan?.merge.tables.assets).toMatchObject({ update: assets - 1, unchanged: 1 });
    expect(await ask("previews.rows", { id, table: "assets", kind: "update", mode: "merge" }, rowsSchema)).toMatchObject({ kept: 200, total: assets - 1 });
  });

  it("that is none is said to be none", async () => {
    const input = { id: "5f1f8c5e-6a25-4a6c-9f0e-0f5a3d1c2b4a" };
    expect(await callProcedure(installation, "systemBackup.previews.get", { input, headers: { cookie: admin } })).toMatchObject({ status: 404, code: "preview_not_found" });
  });
});

describe("an import from the panel", () => {
  it("goes on without its browser, and its run tells what became of it", async () => {
    const id = await previewed();
    const kept = await ask("previews.get", { id }, z.object({ preview: previewResponseSchema }));
    const plan = kept.preview.plan?.merge;
    const started = await tell("imports.start", { preview_id: id, conflict_mode: "merge", expected_plan: plan?.digest });
    const { run_id } = runId.parse(started.data);
    const last = (await watch(run_id)).at(-1);
    expect(last).toMatchObject({ state: "succeeded", options: { conflict_mode: "merge", preview_id: id }, counts: { plan } });
  });

  it("with another plan than expected fails, and its run says so", async () => {
    const id = await previewed();
    const started = await tell("imports.start", { preview_id: id, conflict_mode: "merge", expected_plan: "0".repeat(64) });
    const { run_id } = runId.parse(started.data);
    expect((await watch(run_id)).at(-1)).toMatchObject({ state: "failed", error_code: "plan_changed", bytes: bundle.length });
  });

  it("is not started while another runs, and is told whose", async () => {
    const id = await previewed();
    const { rows } = await installation.pool.query<{ id: string }>(
      "INSERT INTO backup_runs (kind, started_by) SELECT 'import', id FROM users WHERE email = 'other@example.com' RETURNING id",
    );
    try {
      const answer = await tell("imports.start", { preview_id: id });
      expect(answer).toMatchObject({ status: 409, code: "import_running" });
      expect(answer.text).toContain("other@example.com");
      const conditions = await ask("imports.conditions", {}, z.object({ running: z.object({ run_id: z.string(), started_by: z.string() }) }));
      expect(conditions.running).toEqual({ run_id: rows[0]?.id, started_by: "other@example.com" });
    } finally {
      await installation.pool.query("DELETE FROM backup_runs WHERE id = $1", [rows[0]?.id]);
    }
  });
});

describe("a run", () => {
  it("is stopped by any admin, who reads why it ended", async () => {
    // Held up: the export waits for the table, so that there is time to stop it.
    const client = await installation.pool.connect();
    await client.query("BEGIN");
    await client.query("LOCK TABLE assets IN ACCESS EXCLUSIVE MODE");
    try {
      const id = await preparedExport();
      const response = call(installation, `${api}/export/${id}`, { headers: { cookie: admin } }).catch(() => "broken");
      await expect.poll(async () => (await call(installation, `${api}/runs/${id}`, { headers: bearer(key) })).json.state).toBe("running");
      expect(await tell("runs.stop", { id }, other)).toMatchObject({ data: { stopped: true } });
      expect((await watch(id)).at(-1)).toMatchObject({ state: "aborted", error_code: "run_stopped", counts: null });
      await response;
      expect(await tell("runs.stop", { id })).toMatchObject({ data: { stopped: false } });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("can be watched again from where a connection broke", async () => {
    const [{ id } = { id: "" }] = (await ask("runs.list", { limit: 1 }, z.object({ runs: z.array(runSchema) }))).runs;
    const runs = await watch(id, { "last-event-id": `${id}:7` });
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ id, progress: null });
  });
});
