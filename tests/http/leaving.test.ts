import { readFile, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runsResponseSchema } from "@/server/http/backup/schemas";
import { api, bearer, call, exportBundle, form, upload } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";
import { openRaw, readAnswer } from "../support/raw-http";

/** More than sockets and the server keep for a client that does not read. */
const assets = 4_000;
const bytesPerAsset = 10_000;

let installation: TestInstallation;
let key: string;

beforeAll(async () => {
  installation = await startInstallation();
  key = await installation.apiKey();
  await installation.pool.query(
    `WITH organization AS (
       INSERT INTO organizations (name, slug, created_by) SELECT 'large', 'large', id FROM users RETURNING id
     )
     INSERT INTO assets (organization_id, type, value, normalized_value, metadata)
     SELECT organization.id, 'domain', n || '.example.com', n || '.example.com',
       jsonb_build_object('noise', (SELECT string_agg(md5(n || '-' || m), '') FROM generate_series(1, $2) AS m))
     FROM organization, generate_series(1, $1) AS n`,
    [assets, Math.ceil(bytesPerAsset / 32)],
  );
});

afterAll(() => installation.stop());

async function newestRun() {
  const { runs } = runsResponseSchema.parse((await call(installation, `${api}/runs?limit=1`, { headers: bearer(key) })).json);
  const [run] = runs;
  if (run === undefined) throw new Error("There is no run.");
  return run;
}

async function stateOf(id: string): Promise<unknown> {
  const { rows } = await installation.pool.query("SELECT state, error_code FROM backup_runs WHERE id = $1", [id]);
  return rows[0];
}

/** A run as another process of the application would have it: with its lock held. */
async function holdAnotherProcessesRun(): Promise<{ id: string; end(): Promise<void> }> {
  const client = await installation.pool.connect();
  const { rows } = await client.query<{ id: string }>("INSERT INTO backup_runs (kind, started_at) VALUES ('export', '2020-01-01') RETURNING id");
  const id = rows[0]?.id ?? "";
  await client.query("SELECT pg_advisory_lock(hashtextextended($1, 7302641))", [id]);
  return {
    id,
    end: async () => {
      await client.query("DELETE FROM backup_runs WHERE id = $1", [id]);
      client.release(true);
    },
  };
}

const exportRequest = () =>
  `POST ${api}/export HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${key}\r\nContent-Length: 0\r\n\r\n`;

describe("a download", () => {
  it("is made no faster than it is taken, and ends as aborted when its client leaves", async () => {
    const socket = await openRaw(installation.port);
    socket.pause();
    socket.write(exportRequest());
    await delay(3_000);
    const run = await newestRun();
    expect(run).toMatchObject({ kind: "export", state: "running" });
    expect(run.progress?.bytes).toBeLessThan((assets * bytesPerAsset) / 3);
    socket.destroy();
    await expect.poll(newestRun, { timeout: 10_000 }).toMatchObject({ id: run.id, state: "aborted", error_code: null });
    const { rows } = await installation.pool.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'");
    expect(rows).toEqual([]);
  });

  it("whose export fails breaks off and never looks whole", async () => {
    const response = await fetch(`${installation.url}${api}/export`, { method: "POST", headers: bearer(key) });
    expect(response.status).toBe(200);
    await delay(1_000);
    await installation.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%'",
    );
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await newestRun()).toMatchObject({ state: "failed", error_code: "database_unavailable" });
  });

  it("of which nobody could record that it succeeded lacks its end", async () => {
    await installation.pool.query("ALTER TABLE backup_runs ADD CONSTRAINT unrecorded CHECK (state <> 'succeeded') NOT VALID");
    const response = await fetch(`${installation.url}${api}/export`, { method: "POST", headers: bearer(key) });
    const arrived: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of response.body ?? []) arrived.push(chunk);
    })();
    await expect(reading).rejects.toThrow();
    await installation.pool.query("ALTER TABLE backup_runs DROP CONSTRAINT unrecorded");
    const bytes = Buffer.concat(arrived);
    expect(bytes.length).toBeGreaterThan(1_000_000);
    expect(bytes.includes("PK\x05\x06", 0, "latin1"), "the archive's end record").toBe(false);
    expect(await newestRun()).toMatchObject({ state: "failed" });
  });

  it("ends as aborted when the application stops", async () => {
    const socket = await openRaw(installation.port);
    socket.pause();
    socket.write(exportRequest());
    await expect.poll(newestRun).toMatchObject({ kind: "export", state: "running" });
    const run = await newestRun();
    await installation.restart();
    socket.destroy();
    expect(await newestRun()).toMatchObject({ id: run.id, state: "aborted", error_code: "shutting_down" });
  });

  it("works after all that", async () => {
    const { bundle } = await exportBundle(installation, key);
    expect(bundle.length).toBeGreaterThan(assets * bytesPerAsset * 0.4);
    expect(await newestRun()).toMatchObject({ state: "succeeded", bytes: bundle.length });
  });
});

describe("an admin who is none any more when the upload ends", () => {
  let bundle: Buffer;

  beforeAll(async () => {
    await installation.pool.query("DELETE FROM assets WHERE value NOT LIKE '1%0.example.com'");
    ({ bundle } = await exportBundle(installation, key));
  });

  const changes: [string, (sent: string) => Promise<unknown>, number][] = [
    ["demoted", () => installation.pool.query("UPDATE users SET role = 'member' WHERE email = 'late@example.com'"), 403],
    ["deactivated", () => installation.pool.query("UPDATE users SET is_active = false WHERE email = 'late@example.com'"), 403],
    ["without the key", (sent) => installation.pool.query("UPDATE api_keys SET revoked_at = now() WHERE prefix = $1", [sent.slice(0, 12)]), 401],
  ];

  it.each(changes)("%s is refused before anything is written", async (_what, change, status) => {
    await installation.pool.query(
      `INSERT INTO users (email, password_hash, role) VALUES ('late@example.com', 'x', 'admin')
       ON CONFLICT (email) DO UPDATE SET role = 'admin', is_active = true`,
    );
    const lateKey = await installation.apiKey("late@example.com");
    await installation.pool.query("DELETE FROM assets");
    const request = new Request("http://test", { method: "POST", body: form(bundle) });
    const body = Buffer.from(await request.arrayBuffer());
    const socket = await openRaw(installation.port);
    const answer = readAnswer(socket);
    socket.write(
      `POST ${api}/import HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${lateKey}\r\n` +
        `Content-Type: ${request.headers.get("content-type")}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, -100));
    await expect.poll(newestRun).toMatchObject({ kind: "import", state: "running", progress: { phase: "receiving" } });
    await change(lateKey);
    socket.write(body.subarray(-100));
    expect((await answer).status).toBe(status);
    expect((await installation.pool.query("SELECT FROM assets LIMIT 1")).rowCount).toBe(0);
    expect(await newestRun()).toMatchObject({ state: "failed", error_code: status === 401 ? "unauthorized" : "forbidden" });
    expect(await upload(installation, key, "/import", form(bundle))).toMatchObject({ status: 200 });
  });
});

describe("an application that is killed", () => {
  it("finds its runs and uploads at the next start, keeps previews and leaves others' runs alone", async () => {
    const { bundle } = await exportBundle(installation, key);
    const preview = await upload(installation, key, "/import/preview", form(bundle));
    const uploading = await openRaw(installation.port);
    uploading.write(
      `POST ${api}/import HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${key}\r\n` +
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n" +
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\nPK',
    );
    await expect.poll(async () => (await installation.staged()).length).toBe(2);
    const run = await newestRun();
    const other = await holdAnotherProcessesRun();
    await installation.kill();
    await installation.start();
    expect(await stateOf(run.id)).toEqual({ state: "interrupted", error_code: null });
    expect(await stateOf(other.id)).toEqual({ state: "running", error_code: null });
    await other.end();
    expect(await installation.staged()).toEqual([preview.json.preview_id]);
    const again = await call(installation, `${api}/import`, {
      method: "POST",
      headers: { ...bearer(key), "content-type": "application/json" },
      body: JSON.stringify({ preview_id: preview.json.preview_id }),
    });
    expect(again.status).toBe(200);
  });
});

it("writes files that only its own account can read", async () => {
  const [id = ""] = await installation.staged();
  const folder = `${installation.dataDirectory}/staging/${id}`;
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of ["bundle.zip", "preview.json"]) expect((await stat(`${folder}/${name}`)).mode & 0o777).toBe(0o600);
  expect((await readFile(`${folder}/bundle.zip`)).subarray(0, 2).toString()).toBe("PK");
});
