import { readFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";

import { seedInstallation } from "@/seed";
import { createLocalObjectStore } from "@/storage";

import { api, call, exportBundle, form, upload } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";
import { sessionOf } from "../support/session";

const lineSchema = z.looseObject({ level: z.string(), time: z.iso.datetime(), msg: z.string(), run_id: z.string().optional() });

/** In rows that are exported, in rows of a bundle, and in a password that is wrong. */
const marker = "hunter2-in-a-row";
const wrongPassword = "hunter2-at-sign-in";

let source: TestInstallation;
let target: TestInstallation;
let secrets: string[];

beforeAll(async () => {
  source = await startInstallation();
  target = await startInstallation();
  const objects = createLocalObjectStore({ directory: path.join(source.dataDirectory, "objects") });
  await seedInstallation({ organizations: 1, assets: 5, vulnerabilities: 5, files: 2, seed: "logs" }, { pool: source.pool, objects });
  await objects.close();
  await source.pool.query(`UPDATE reports SET title = $1, parameters = '{"note": "${marker}"}'`, [marker]);
  const [sourceKey, key] = [await source.apiKey(), await target.apiKey()];
  const session = await sessionOf(target, target.adminEmail);
  const { bundle } = await exportBundle(source, sourceKey);
  await upload(target, key, "/import/preview", form(bundle));
  await upload(target, key, "/import/preview", form(Buffer.from("no bundle at all")));
  await upload(target, `${key}x`, "/import", form(bundle));
  // PostgreSQL says which row fails, with all its values.
  await target.pool.query(`ALTER TABLE reports ADD CONSTRAINT nothing_fits CHECK (title = 'nothing')`);
  expect(await upload(target, key, "/import", form(bundle))).toMatchObject({ status: 500 });
  await target.pool.query("ALTER TABLE reports DROP CONSTRAINT nothing_fits");
  expect(await upload(target, key, "/import", form(bundle))).toMatchObject({ status: 200 });
  await call(target, `${api}/runs`, { headers: { cookie: session } });
  const csrf = await call(target, "/api/auth/csrf");
  await call(target, "/api/auth/callback/credentials", {
    method: "POST",
    headers: { cookie: csrf.headers.getSetCookie().map((one) => one.split(";", 1)[0]).join("; ") },
    body: new URLSearchParams({ csrfToken: String(csrf.json.csrfToken), email: target.adminEmail, password: wrongPassword }),
  });
  const { rows } = await target.pool.query<{ password_hash: string }>("SELECT password_hash FROM users");
  secrets = [
    marker,
    wrongPassword,
    target.adminPassword,
    key.slice(12),
    session.split("=")[1] ?? "",
    new URL(target.databaseUrl).password,
    (await readFile(path.join(target.dataDirectory, "nextauth-secret"), "utf8")).trim(),
    ...rows.map(({ password_hash }) => password_hash),
  ];
});

afterAll(async () => {
  await source.stop();
  await target.stop();
});

const lines = ({ log }: TestInstallation) =>
  log()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => lineSchema.parse(JSON.parse(line)));

it("are one JSON object a line, and name the run", async () => {
  const { rows } = await target.pool.query<{ id: string }>("SELECT id FROM backup_runs ORDER BY state");
  const messages = rows.map(({ id }) => lines(target).flatMap(({ run_id, msg }) => (run_id === id ? [msg] : [])));
  expect(messages).toEqual([
    ["run started", "run succeeded", "answered"],
    ["run started", "run ended", "a defect", "answered"],
  ]);
  // What it says to people while it starts is over by then.
  const [, sinceStart = ""] = target.log().split(/^System Backup is up at .*\n/m);
  expect(sinceStart.split("\n").filter((line) => line !== "" && !line.startsWith("{"))).toEqual([]);
});

it("hold no password, key, session, hash or value of a row", () => {
  expect(secrets.every((secret) => secret.length > 7)).toBe(true);
  for (const secret of secrets) expect(target.log() + source.log()).not.toContain(secret);
  expect(target.log()).toContain("nothing_fits");
});
