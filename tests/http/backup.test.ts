import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openApiDocument } from "@/server/http/openapi";
import { importResponseSchema, previewResponseSchema, runsResponseSchema } from "@/server/http/backup/schemas";
import { runSchema } from "@/server/runs";
import { api, bearer, call, exportBundle, form, upload } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";

let installation: TestInstallation;
let key: string;
let bundle: Buffer;

beforeAll(async () => {
  installation = await startInstallation();
  key = await installation.apiKey();
  await addOrganization("first");
  ({ bundle } = await exportBundle(installation, key));
});

afterAll(() => installation.stop());

async function addOrganization(slug: string): Promise<void> {
  await installation.pool.query(
    "INSERT INTO organizations (name, slug, created_by) SELECT $1, $1, id FROM users WHERE email = $2",
    [slug, installation.adminEmail],
  );
}

async function removeOrganization(slug: string): Promise<void> {
  await installation.pool.query("DELETE FROM organizations WHERE slug = $1", [slug]);
}

const get = (target: string) => call(installation, api + target, { headers: bearer(key) });

const post = (target: string, body: unknown) =>
  call(installation, api + target, {
    method: "POST",
    headers: { ...bearer(key), "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

describe("export", () => {
  it("is a download with a name, that nobody keeps, and whose run has its hash", async () => {
    const { headers, bundle: exported } = await exportBundle(installation, key);
    expect(headers.get("content-type")).toBe("application/zip");
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="system-backup-\d{8}T\d{6}Z\.zip"$/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    const run = runSchema.parse((await get(`/runs/${headers.get("x-backup-run-id")}`)).json);
    expect(run).toMatchObject({
      kind: "export",
      state: "succeeded",
      bytes: exported.length,
      bundle_sha256: createHash("sha256").update(exported).digest("hex"),
      error_code: null,
      options: { include_files: true, include_users: false, include_scan_history: true, include_settings: true },
      counts: { rows: expect.objectContaining({ organizations: 1 }), objects: 0 },
      started_by: { email: installation.adminEmail },
      progress: null,
    });
    expect(Date.parse(run.finished_at ?? "")).toBeGreaterThanOrEqual(Date.parse(run.started_at));
  });

  it("takes no body, an empty one and curl's idea of one", async () => {
    for (const init of [{}, { body: "" }, { body: new URLSearchParams() }]) {
      const answer = await call(installation, `${api}/export`, { method: "POST", headers: bearer(key), ...init });
      expect(answer.status).toBe(200);
    }
  });

  it("says that secrets are never exported to whoever asks for them", async () => {
    const { headers } = await exportBundle(installation, key, { include_secrets: true });
    const run = runSchema.parse((await get(`/runs/${headers.get("x-backup-run-id")}`)).json);
    expect(run.warnings.map(({ code }) => code)).toContain("secrets_never_exported");
  });

  it.each([
    ["an unknown option", { include_everything: true }, 400, { code: "unknown_option", option: "include_everything" }],
    ["an option of the wrong type", { include_files: "yes" }, 400, { code: "malformed_request", field: "include_files" }],
    ["a list", [], 400, { code: "malformed_request" }],
    ["what is no JSON", "{", 400, { code: "malformed_request" }],
    ["a body of a megabyte", `{"a":"${"a".repeat(1_000_000)}"}`, 413, { code: "too_large" }],
  ])("refuses %s and records no run", async (_what, body, status, problem) => {
    const before = (await get("/runs?limit=1")).json.runs;
    expect(await post("/export", body)).toMatchObject({ status, json: { status, ...problem } });
    expect((await get("/runs?limit=1")).json.runs).toEqual(before);
  });
});

describe("preview", () => {
  it("answers as documented and changes nothing", async () => {
    const state = async () => (await installation.pool.query("SELECT (SELECT count(*) FROM backup_runs) AS runs, (SELECT count(*) FROM organizations) AS organizations")).rows;
    await removeOrganization("first");
    const before = await state();
    const answer = await upload(installation, key, "/import/preview", form(bundle));
    expect(answer.status).toBe(200);
    const preview = previewResponseSchema.parse(answer.json);
    expect(preview).toMatchObject({
      valid: true,
      bundle: { size: bundle.length, format_version: 1, options: { include_users: false } },
      counts: { organizations: 1 },
      plan: { merge: { tables: { organizations: { insert: 1 } } } },
      errors: [],
    });
    const expires = Date.parse(preview.expires_at ?? "") - Date.now();
    expect(expires).toBeGreaterThan(59 * 60_000);
    expect(expires).toBeLessThanOrEqual(60 * 60_000);
    expect(await state()).toEqual(before);
    await addOrganization("first");
  });

  it("of an invalid bundle is a problem of the same shape", async () => {
    const damaged = Buffer.from(bundle);
    damaged.writeUInt8((damaged[200] ?? 0) ^ 0xff, 200);
    const answer = await upload(installation, key, "/import/preview", form(damaged));
    expect(answer.status).toBe(422);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    const preview = previewResponseSchema.parse(answer.json);
    expect(preview).toMatchObject({ valid: false, preview_id: null, plan: null, counts: null, error_count: 1 });
    expect(preview.errors[0]?.code).toBe(answer.json.code);
    expect(answer.json).toMatchObject({ status: 422, title: expect.any(String), detail: expect.any(String) });
  });

  it("takes no other field", async () => {
    const answer = await upload(installation, key, "/import/preview", form(bundle, { conflict_mode: "merge" }));
    expect(answer).toMatchObject({ status: 400, json: { code: "unknown_option", option: "conflict_mode" } });
  });
});

describe("import", () => {
  it("answers as documented, and its run says the same", async () => {
    const answer = await upload(installation, key, "/import", form(bundle, { conflict_mode: "merge" }));
    expect(answer.status).toBe(200);
    const imported = importResponseSchema.parse(answer.json);
    expect(imported).toMatchObject({ conflict_mode: "merge", counts: { organizations: 1 }, bundle: { size: bundle.length } });
    const run = runSchema.parse((await get(`/runs/${imported.run_id}`)).json);
    expect(run).toMatchObject({
      kind: "import",
      state: "succeeded",
      options: { conflict_mode: "merge" },
      bytes: bundle.length,
      bundle_sha256: imported.bundle.sha256,
      counts: { plan: imported.plan, objects: imported.objects, bundle: imported.counts },
    });
  });

  it("of a damaged bundle is refused, and its run failed with the same code", async () => {
    const answer = await upload(installation, key, "/import", form(bundle.subarray(0, -1)));
    expect(answer.status).toBe(422);
    const { runs } = runsResponseSchema.parse((await get("/runs?limit=1")).json);
    expect(runs[0]).toMatchObject({ kind: "import", state: "failed", error_code: answer.json.code, counts: null });
  });

  it("works from a preview without sending the bundle again, as often as one likes", async () => {
    const { preview_id } = previewResponseSchema.parse((await upload(installation, key, "/import/preview", form(bundle))).json);
    for (const conflict_mode of ["skip_existing", "merge"]) {
      const answer = await post("/import", { preview_id, conflict_mode });
      expect(answer).toMatchObject({ status: 200, json: { conflict_mode } });
    }
    expect(await installation.staged()).toContain(preview_id);
  });

  it("is refused when it would do something else than its preview said", async () => {
    const preview = previewResponseSchema.parse((await upload(installation, key, "/import/preview", form(bundle))).json);
    const expected_plan = preview.plan?.merge.digest ?? "";
    await removeOrganization("first");
    const stale = { status: 409, json: { code: "plan_changed" } };
    const request = { preview_id: preview.preview_id, conflict_mode: "merge", expected_plan };
    expect(await post("/import", request)).toMatchObject(stale);
    expect(await upload(installation, key, "/import", form(bundle, { conflict_mode: "merge", expected_plan }))).toMatchObject(stale);
    expect((await installation.pool.query("SELECT FROM organizations")).rowCount).toBe(0);
    await addOrganization("first");
  });

  it.each([
    ["no preview", {}, 400, { code: "malformed_request", field: "preview_id" }],
    ["a preview that never was", { preview_id: "5f1f8c5e-6a25-4a6c-9f0e-0f5a3d1c2b4a" }, 404, { code: "preview_not_found" }],
    ["a path", { preview_id: "../../etc" }, 400, { code: "malformed_request", field: "preview_id" }],
    ["an unknown mode", { preview_id: "5f1f8c5e-6a25-4a6c-9f0e-0f5a3d1c2b4a", conflict_mode: "replace" }, 400, { code: "malformed_request", field: "conflict_mode" }],
    ["an unknown option", { preview_id: "5f1f8c5e-6a25-4a6c-9f0e-0f5a3d1c2b4a", force: true }, 400, { code: "unknown_option", option: "force" }],
  ])("from %s is refused", async (_what, body, status, problem) => {
    expect(await post("/import", body)).toMatchObject({ status, json: problem });
  });

  it("from a preview of over an hour ago is refused", async () => {
    const { preview_id } = previewResponseSchema.parse((await upload(installation, key, "/import/preview", form(bundle))).json);
    const file = path.join(installation.dataDirectory, "staging", String(preview_id), "preview.json");
    const kept: unknown = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...Object(kept), expires_at: new Date(Date.now() - 1000).toISOString() }));
    expect(await post("/import", { preview_id })).toMatchObject({ status: 404, json: { code: "preview_not_found" } });
  });
});

describe("runs", () => {
  it("come newest first, page by page, each once", async () => {
    const all = runsResponseSchema.parse((await get("/runs?limit=100")).json).runs.map(({ id }) => id);
    const paged: string[] = [];
    let before: string | null = "";
    while (before !== null) {
      const page = runsResponseSchema.parse((await get(`/runs?limit=3${before === "" ? "" : `&before=${before}`}`)).json);
      paged.push(...page.runs.map(({ id }) => id));
      before = page.next;
    }
    expect(all.length).toBeGreaterThan(6);
    expect(paged).toEqual(all);
  });

  it.each([
    ["/runs?limit=0", 400, "malformed_request"],
    ["/runs?limit=1000", 400, "malformed_request"],
    ["/runs?page=2", 400, "unknown_option"],
    ["/runs?before=x", 400, "malformed_request"],
    ["/runs?before=5f1f8c5e-6a25-4a6c-9f0e-0f5a3d1c2b4a", 404, "run_not_found"],
    ["/runs/5f1f8c5e-6a25-4a6c-9f0e-0f5a3d1c2b4a", 404, "run_not_found"],
    ["/runs/x", 404, "run_not_found"],
  ])("%s is answered with %s %s", async (target, status, code) => {
    expect(await get(target)).toMatchObject({ status, json: { code } });
  });
});

it("serves the document that describes all this", async () => {
  const answer = await call(installation, "/api/v1/openapi.json");
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});
