import { mkdir, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, bearer, call, exportBundle, form, upload } from "../support/api";
import { freePort } from "../support/free-port";
import { startInstallation, type TestInstallation } from "../support/installation";
import { callProcedure } from "../support/procedures";
import { sessionOf } from "../support/session";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy";

let installation: TestInstallation;
let database: TcpProxy;
let key: string;
let bundle: Buffer;

beforeAll(async () => {
  installation = await startInstallation({}, {
    databaseThrough: async (url) => {
      const through = new URL(url);
      database = await startTcpProxy({ host: through.hostname, port: Number(through.port) }, await freePort());
      through.hostname = "127.0.0.1";
      through.port = String(database.port);
      return through.href;
    },
  });
  key = await installation.apiKey();
  ({ bundle } = await exportBundle(installation, key));
});

afterAll(async () => {
  await installation.stop();
  await database.close();
});

describe("with the database away", () => {
  it("everything is answered with 503, and works again when it is back", async () => {
    await database.block();
    const away = { status: 503, json: { code: "database_unavailable" } };
    expect(await call(installation, `${api}/runs`, { headers: bearer(key) })).toMatchObject(away);
    expect(await call(installation, `${api}/export`, { method: "POST", headers: bearer(key) })).toMatchObject(away);
    expect(await upload(installation, key, "/import", form(bundle))).toMatchObject(away);
    await expectHealth({ status: 503, json: { status: "degraded", database: "down", storage: "up" } });
    await database.unblock();
    await expectHealth({ status: 200 });
    expect(await upload(installation, key, "/import", form(bundle))).toMatchObject({ status: 200 });
  });

  it("no answer tells where the database is", async () => {
    await database.block();
    const answer = await call(installation, `${api}/runs`, { headers: bearer(key) });
    await database.unblock();
    expect(JSON.stringify(answer.json)).not.toMatch(/127\.0\.0\.1|postgres|test_|ECONNREFUSED/);
  });
});

describe.each([
  { what: "cancelled", how: "pg_cancel_backend" },
  { what: "ended with its connection", how: "pg_terminate_backend" },
])("with a query $what", ({ how }) => {
  // The first two are asked by Prisma, who knows the key; the third by pg.
  it.each([
    { table: "api_keys", ask: () => ofKey() },
    { table: "backup_runs", ask: () => ofKey() },
    { table: "assets", ask: () => ofSession() },
  ])("of $table is answered with 503", async ({ table, ask }) => {
    const other = await installation.pool.connect();
    try {
      await other.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      const answer = ask();
      const strike = () => installation.pool.query(`SELECT ${how}(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
      await expect.poll(async () => (await strike()).rowCount, { timeout: 10_000 }).toBe(1);
      expect(await answer).toEqual({ status: 503, code: "database_unavailable" });
    } finally {
      await other.query("ROLLBACK");
      other.release();
    }
  });
});

async function ofKey() {
  const { status, json } = await call(installation, `${api}/runs`, { headers: bearer(key) });
  return { status, code: json.code };
}

async function ofSession() {
  const cookie = await sessionOf(installation, installation.adminEmail);
  const { status, code } = await callProcedure(installation, "overview.holds", { headers: { cookie } });
  return { status, code };
}

describe("with no room to stage", () => {
  it("uploads are answered with 507, their runs fail, and it works again when there is room", async () => {
    const staging = path.join(installation.dataDirectory, "staging");
    await rm(staging, { recursive: true });
    // Nobody can make a folder there.
    await symlink("/proc", staging);
    const noRoom = { status: 507, json: { code: "no_room" } };
    expect(await upload(installation, key, "/import/preview", form(bundle))).toMatchObject(noRoom);
    expect(await upload(installation, key, "/import", form(bundle))).toMatchObject(noRoom);
    const { rows } = await installation.pool.query("SELECT state, error_code FROM backup_runs ORDER BY started_at DESC LIMIT 1");
    expect(rows).toEqual([{ state: "failed", error_code: "no_room" }]);
    await rm(staging);
    expect(await upload(installation, key, "/import", form(bundle))).toMatchObject({ status: 200 });
    expect(await installation.staged()).toEqual([]);
  });
});

describe("with the storage away", () => {
  it("health says so", async () => {
    const objects = path.join(installation.dataDirectory, "objects");
    await mkdir(objects, { recursive: true });
    await rename(objects, `${objects}.away`);
    await symlink("/proc", objects);
    await expectHealth({ status: 503, json: { database: "up", storage: "down" } });
    await rm(objects);
    await rename(`${objects}.away`, objects);
    await expectHealth({ status: 200 });
  });
});

/** What it answers is up to a second old. */
async function expectHealth(state: object): Promise<void> {
  await expect.poll(() => call(installation, "/api/health"), { timeout: 10_000 }).toMatchObject(state);
}
