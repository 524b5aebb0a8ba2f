import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { api } from "../support/api";
import { freePort } from "../support/free-port";
import { startInstallation, type TestInstallation } from "../support/installation";
import { startNginx, type Nginx } from "../support/nginx";

const run = promisify(execFile);

let installation: TestInstallation;
let nginx: Nginx;
let key: string;
let folder: string;

beforeAll(async () => {
  const https = await freePort();
  installation = await startInstallation({ NEXTAUTH_URL: `https://127.0.0.1:${https}` });
  nginx = await startNginx({ http: await freePort(), https, application: installation.port });
  key = await installation.apiKey();
  folder = await mkdtemp(path.join(tmpdir(), "system-backup-behind-nginx-"));
});

afterAll(async () => {
  await nginx.stop();
  await rm(folder, { recursive: true, force: true });
  await installation.stop();
});

async function curl(...parameters: string[]): Promise<{ status: string; body: string }> {
  const { stdout } = await run("curl", ["-sSk", "--max-time", "60", "-w", "\n%{http_code}", ...parameters]);
  const lines = stdout.split("\n");
  return { status: lines.at(-1) ?? "", body: lines.slice(0, -1).join("\n") };
}

const authorization = () => ["-H", `Authorization: Bearer ${key}`];

async function sparseFile(name: string, bytes: number): Promise<string> {
  const file = path.join(folder, name);
  const handle = await open(file, "w");
  await handle.truncate(bytes);
  await handle.close();
  return file;
}

it("moves a state through the proxy", async () => {
  const file = path.join(folder, "moved.zip");
  await installation.pool.query("INSERT INTO organizations (name, slug, created_by) SELECT 'Moved', 'moved', id FROM users");
  expect(await curl(...authorization(), "-X", "POST", "-o", file, `${nginx.url}${api}/export`)).toMatchObject({ status: "200" });
  expect((await stat(file)).size).toBeGreaterThan(1000);
  await installation.pool.query("DELETE FROM organizations");
  const imported = await curl(...authorization(), "-F", `file=@${file}`, `${nginx.url}${api}/import`);
  expect(imported).toMatchObject({ status: "200", body: expect.stringContaining('"run_id"') });
  expect((await installation.pool.query("SELECT FROM organizations")).rowCount).toBe(1);
});

it("passes on 64 MB, which nginx by itself refuses, and the application's word on them", async () => {
  const file = await sparseFile("zeros.zip", 64 * 1024 * 1024);
  const answer = await curl(...authorization(), "-F", `file=@${file}`, `${nginx.url}${api}/import/preview`);
  expect(answer).toMatchObject({ status: "422", body: expect.stringContaining('"not_a_zip"') });
});

it("lets clients read why an upload is refused before it was read", async () => {
  const file = await sparseFile("zeros.zip", 64 * 1024 * 1024);
  const answer = await curl("-F", `file=@${file}`, `${nginx.url}${api}/import`);
  expect(answer).toMatchObject({ status: "401", body: expect.stringContaining('"unauthorized"') });
});

it("hands the upload on while it comes, and tells the application when its client leaves", async () => {
  const file = await sparseFile("slow.zip", 64 * 1024 * 1024);
  const parameters = ["-sk", "--limit-rate", "1M", ...authorization(), "-F", `file=@${file}`, `${nginx.url}${api}/import/preview`];
  const client = spawn("curl", parameters, { stdio: "ignore" });
  await expect.poll(() => installation.staged(), { timeout: 10_000 }).toHaveLength(1);
  client.kill("SIGKILL");
  await once(client, "exit");
  await expect.poll(() => installation.staged(), { timeout: 10_000 }).toEqual([]);
});

it("gives cookies that browsers keep to TLS and to this host, and sends everybody there", async () => {
  const { stdout } = await run("curl", ["-sSk", "-D-", "-o", "/dev/null", `${nginx.url}/api/auth/csrf`]);
  expect(stdout).toMatch(/set-cookie: __Host-system-backup\.csrf[^\r]*; HttpOnly; Secure; SameSite=Lax/i);
  expect(stdout).toMatch(/strict-transport-security: max-age=\d+/i);
  const { stdout: redirect } = await run("curl", ["-sSk", "-D-", "-o", "/dev/null", `${nginx.url}/`]);
  expect(redirect).toMatch(/location: \/sign-in/i);
});

it("counts sign-in attempts by the client's own address, whatever it claims", async () => {
  const jar = path.join(folder, "jar");
  const { stdout } = await run("curl", ["-sSk", "-c", jar, `${nginx.url}/api/auth/csrf`]);
  const { csrfToken } = Object(JSON.parse(stdout)) as { csrfToken: string };
  const urls: string[] = [];
  for (let attempt = 0; attempt < 51; attempt += 1) {
    const fields = { csrfToken, email: `user${attempt}@example.com`, password: "wrong", json: "true" };
    const data = Object.entries(fields).flatMap(([name, value]) => ["--data-urlencode", `${name}=${value}`]);
    const claimed = ["-H", `X-Forwarded-For: 198.51.100.${attempt}`];
    const answer = await run("curl", ["-sSk", "-b", jar, ...claimed, ...data, `${nginx.url}/api/auth/callback/credentials`]);
    urls.push(answer.stdout);
  }
  expect(urls.slice(0, 50).join()).not.toContain("rate_limited");
  expect(urls.at(-1)).toContain("rate_limited");
});

it("writes no error about any of this", async () => {
  expect(await nginx.errors()).not.toMatch(/\[(error|crit|emerg)\]/);
  expect(await readFile("deploy/nginx.conf", "utf8")).toMatch(/client_max_body_size 1g;/);
});
