import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { appRouter } from "@/server/trpc/router";
import { api, bearer, call } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";
import { callProcedure } from "../support/procedures";
import { addUser, sessionOf } from "../support/session";

/** What members may call. Whatever is not here is for admins, a procedure that somebody adds tomorrow included. */
const membersMayCall = new Set([
  "overview.holds",
  "inventory.organizations.list",
  "inventory.organizations.count",
  "inventory.organizations.get",
  "inventory.organizations.names",
  "inventory.assets.list",
  "inventory.assets.count",
  "inventory.assets.get",
  "inventory.vulnerabilities.list",
  "inventory.vulnerabilities.count",
  "inventory.vulnerabilities.get",
  "inventory.files.list",
  "inventory.files.count",
  "inventory.files.get",
]);

/** What tRPC keeps of a procedure, as far as it is looked at here. */
const definitionSchema = z.object({
  _def: z.object({
    type: z.enum(["query", "mutation", "subscription"]),
    inputs: z.array(z.unknown()),
    output: z.unknown().optional(),
  }),
});

const procedures = Object.entries(appRouter._def.procedures).map(([path, procedure]) => {
  // A procedure is a function with members, which zod takes for no object.
  const { _def } = definitionSchema.parse({ ...Object(procedure) });
  return { path, ..._def };
});

let installation: TestInstallation;
let admin: string;
let member: string;

beforeAll(async () => {
  installation = await startInstallation();
  await addUser(installation, "member@example.com", "member");
  admin = await sessionOf(installation, installation.adminEmail);
  member = await sessionOf(installation, "member@example.com");
});

afterAll(() => installation.stop());

describe.each(procedures)("$path", ({ path, type, inputs, output }) => {
  it("says what it takes and what it gives", () => {
    expect(inputs).not.toHaveLength(0);
    expect(output).toBeDefined();
  });

  it("refuses whoever is not signed in", async () => {
    expect(await callProcedure(installation, path, { type })).toMatchObject({ code: "unauthorized" });
    expect(await callProcedure(installation, path, { type, headers: { cookie: "system-backup.session=x" } })).toMatchObject({
      code: "unauthorized",
    });
  });

  it(membersMayCall.has(path) ? "answers members" : "refuses members", async () => {
    const { code, data } = await callProcedure(installation, path, { type, headers: { cookie: member } });
    // Asked for nothing in particular, some say so: that is an answer, too.
    if (membersMayCall.has(path)) expect([undefined, "malformed_request"]).toContain(code);
    else expect({ code, data }).toEqual({ code: "forbidden", data: undefined });
  });
});

it("knows every procedure that members may call", () => {
  expect(procedures.map(({ path }) => path)).toEqual(expect.arrayContaining([...membersMayCall]));
});

describe("a session", () => {
  const list = (cookie: string) => callProcedure(installation, "apiKeys.list", { headers: { cookie } });

  it("is as good as its user is now", async () => {
    await addUser(installation, "other@example.com", "admin");
    const other = await sessionOf(installation, "other@example.com");
    const change = (sql: string) => installation.pool.query(`UPDATE users SET ${sql} WHERE email = 'other@example.com'`);
    expect(await list(other)).toMatchObject({ status: 200 });
    await change("role = 'member'");
    expect(await list(other)).toMatchObject({ status: 403, code: "forbidden" });
    await change("role = 'admin', is_active = false");
    expect(await list(other)).toMatchObject({ status: 401, code: "unauthorized" });
    await change("is_active = true");
    expect(await list(other)).toMatchObject({ status: 200 });
  });

  it("is needed, however good the API key", async () => {
    const key = await installation.apiKey();
    const answer = await callProcedure(installation, "apiKeys.list", { headers: bearer(key) });
    expect(answer).toMatchObject({ status: 401, code: "unauthorized" });
  });

  it.each([
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://example.com" }],
    ["another origin of the same site", { "sec-fetch-site": "same-site" }],
    ["nowhere", { "sec-fetch-site": "none" }],
  ])("changes nothing from %s", async (_where, headers) => {
    const count = async () => (await installation.pool.query("SELECT FROM api_keys")).rowCount;
    const before = await count();
    const answer = await callProcedure(installation, "apiKeys.create", {
      type: "mutation",
      input: { name: "stolen", expires_in_days: null },
      headers: { cookie: admin, ...headers },
    });
    expect(answer).toMatchObject({ status: 403, code: "cross_origin" });
    expect(await count()).toBe(before);
  });
});

describe("what is refused", () => {
  const raw = (path: string, init: RequestInit = {}) =>
    call(installation, `/api/trpc/${path}`, { ...init, headers: { cookie: admin, "sec-fetch-site": "same-origin", ...init.headers } });

  const post = (body: string, type = "application/json") =>
    raw("apiKeys.create", { method: "POST", body, headers: { "content-type": type } });

  it("is told in the words and by the code of the REST API", async () => {
    const answer = await callProcedure(installation, "apiKeys.list", { input: { colour: 1 }, headers: { cookie: admin } });
    expect(answer).toMatchObject({ status: 400, code: "unknown_option" });
    expect(JSON.parse(answer.text)).toMatchObject({
      error: {
        message: 'There is no option "colour".',
        data: { option: "colour", title: expect.any(String) as string, request_id: expect.any(String) as string },
      },
    });
    expect(answer.text).not.toMatch(/stack|zod|node_modules|path/i);
  });

  it.each([
    ["what is no JSON", () => post("{"), 400],
    ["a body of another type", () => post("<a/>", "text/xml"), 415],
    ["a body without end", () => post(`{"name":"${"x".repeat(70_000)}"}`), 413],
    ["a name without a letter", () => post('{"name":"  ","expires_in_days":1}'), 400],
    ["a procedure that does not exist", () => raw("apiKeys.steal"), 400],
    ["a member of every object", () => raw("constructor"), 400],
    ["a question that would change something", () => raw("apiKeys.create?input={}"), 405],
    ["many questions at once", () => raw("apiKeys.list,apiKeys.list?batch=1&input={}"), 400],
    ["another method", () => raw("apiKeys.list", { method: "PUT", body: "{}" }), 405],
  ])("%s", async (_what, request, status) => {
    const answer = await request();
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.json)).not.toMatch(/stack|node_modules|\/src\//);
  });
});

describe("API keys", () => {
  const keySchema = z.object({ id: z.string(), prefix: z.string(), key: z.string() });
  const listSchema = z.object({ keys: z.array(z.looseObject({ id: z.string(), prefix: z.string() })) });
  const asAdmin = { cookie: "" };

  const list = async () => {
    const { data, text } = await callProcedure(installation, "apiKeys.list", { headers: asAdmin });
    return { keys: listSchema.parse(data).keys, text };
  };

  beforeAll(() => {
    asAdmin.cookie = admin;
  });

  it("are shown once, work until they are revoked, and say so", async () => {
    const input = { name: "  nightly  ", expires_in_days: 7 };
    const made = await callProcedure(installation, "apiKeys.create", { type: "mutation", input, headers: asAdmin });
    const { id, prefix, key } = keySchema.parse(made.data);
    const use = async () => (await call(installation, `${api}/runs`, { headers: bearer(key) })).status;
    expect(await use()).toBe(200);
    const { keys, text } = await list();
    expect(text).not.toContain(key);
    const owner = { email: installation.adminEmail };
    expect(keys[0]).toMatchObject({ id, prefix, name: "nightly", state: "active", owner });
    expect(keys[0]?.last_used_at).not.toBeNull();
    const revoke = () =>
      callProcedure(installation, "apiKeys.revoke", { type: "mutation", input: { id }, headers: asAdmin });
    expect(await revoke()).toMatchObject({ status: 200 });
    expect(await use()).toBe(401);
    expect((await list()).keys[0]).toMatchObject({ id, state: "revoked" });
    expect(await revoke()).toMatchObject({ status: 200 });
  });

  it("that do not exist cannot be revoked", async () => {
    const input = { id: "5f1f8c5e-6a25-4a6c-9f0e-0f5a3d1c2b4a" };
    const answer = await callProcedure(installation, "apiKeys.revoke", { type: "mutation", input, headers: asAdmin });
    expect(answer).toMatchObject({ status: 404, code: "api_key_not_found" });
  });

  it("that have expired say so", async () => {
    const key = await installation.apiKey();
    await installation.pool.query("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE prefix = $1", [key.slice(0, 12)]);
    expect((await list()).keys[0]).toMatchObject({ prefix: key.slice(0, 12), state: "expired" });
  });
});
