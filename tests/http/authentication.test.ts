import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, bearer, call } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";

const endpoints = [
  ["POST", `${api}/export`],
  ["GET", `${api}/export/00000000-0000-4000-8000-000000000000`],
  ["POST", `${api}/import`],
  ["POST", `${api}/import/preview`],
  ["GET", `${api}/runs`],
  ["GET", `${api}/runs/00000000-0000-4000-8000-000000000000`],
] as const;

let installation: TestInstallation;
let adminKey: string;
let memberKey: string;

beforeAll(async () => {
  installation = await startInstallation();
  await installation.pool.query(
    `INSERT INTO users (email, password_hash, role)
     SELECT email, admins.password_hash, role::user_role
     FROM (VALUES ('member@example.com', 'member'), ('other@example.com', 'admin'), ('gone@example.com', 'admin')) AS made (email, role),
       (SELECT password_hash FROM users WHERE email = $1) AS admins`,
    [installation.adminEmail],
  );
  adminKey = await installation.apiKey();
  memberKey = await installation.apiKey("member@example.com");
});

afterAll(() => installation.stop());

describe.each(endpoints)("%s %s", (method, path) => {
  it("wants somebody", async () => {
    const answer = await call(installation, path, { method });
    expect(answer).toMatchObject({ status: 401, json: { code: "unauthorized", status: 401 } });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  it.each([
    ["an unknown key", "Bearer sbk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
    ["no key", "Bearer"],
    ["another scheme", "Basic YWRtaW46YWRtaW4="],
  ])("refuses %s", async (_what, authorization) => {
    expect(await call(installation, path, { method, headers: { authorization } })).toMatchObject({ status: 401 });
  });

  it("refuses members", async () => {
    const answer = await call(installation, path, { method, headers: bearer(memberKey) });
    expect(answer).toMatchObject({ status: 403, json: { code: "forbidden" } });
  });

  it("lets admins in", async () => {
    const answer = await call(installation, path, { method, headers: bearer(adminKey) });
    expect([401, 403]).not.toContain(answer.status);
  });

  it("says which methods there are", async () => {
    const wrong = method === "GET" ? "POST" : "GET";
    const answer = await call(installation, path, { method: wrong, headers: bearer(adminKey) });
    expect(answer).toMatchObject({ status: 405, json: { code: "method_not_allowed" } });
    expect(answer.headers.get("allow")).toBe(method);
  });
});

describe("an API key", () => {
  const status = async (key: string) => (await call(installation, `${api}/runs`, { headers: bearer(key) })).status;

  it("ends when it is revoked, by id or prefix", async () => {
    const key = await installation.apiKey();
    expect(await status(key)).toBe(200);
    await installation.command("api-key", ["revoke", key.slice(0, 12)]);
    expect(await status(key)).toBe(401);
  });

  it("ends when it expires", async () => {
    const key = await installation.apiKey();
    await installation.pool.query("UPDATE api_keys SET expires_at = now() + interval '1 hour' WHERE prefix = $1", [key.slice(0, 12)]);
    expect(await status(key)).toBe(200);
    await installation.pool.query("UPDATE api_keys SET expires_at = now() WHERE prefix = $1", [key.slice(0, 12)]);
    expect(await status(key)).toBe(401);
  });

  it("is worth nothing once its owner is demoted, deactivated or gone, at once", async () => {
    const key = await installation.apiKey("other@example.com");
    const set = (change: string) => installation.pool.query(`UPDATE users SET ${change} WHERE email = 'other@example.com'`);
    expect(await status(key)).toBe(200);
    await set("role = 'member'");
    expect(await status(key)).toBe(403);
    await set("role = 'admin', is_active = false");
    expect(await status(key)).toBe(403);
    await set("is_active = true");
    expect(await status(key)).toBe(200);
    await installation.pool.query("DELETE FROM users WHERE email = 'other@example.com'");
    expect(await status(key)).toBe(401);
  });

  it("notes its last use, at most once a minute, and is nowhere to be found", async () => {
    const key = await installation.apiKey();
    const row = async () => {
      const { rows } = await installation.pool.query<{ last_used_at: Date | null; everything: string }>(
        "SELECT last_used_at, row_to_json(api_keys)::text AS everything FROM api_keys WHERE prefix = $1",
        [key.slice(0, 12)],
      );
      return rows[0];
    };
    expect((await row())?.last_used_at).toBeNull();
    await status(key);
    const first = (await row())?.last_used_at;
    expect(Date.now() - Number(first)).toBeLessThan(10_000);
    await status(key);
    expect((await row())?.last_used_at).toEqual(first);
    expect((await row())?.everything).not.toContain(key.slice(12));
    expect(installation.log()).not.toContain(key.slice(12));
  });
});

it("tells nobody anything about a path that does not exist, and nothing about health but up or down", async () => {
  expect((await call(installation, "/api/v1/admin/backup/nothing")).status).toBe(404);
  expect(await call(installation, "/api/health")).toMatchObject({
    status: 200,
    json: { status: "ok", database: "up", storage: "up" },
  });
});
