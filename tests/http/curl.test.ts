import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { api } from "../support/api";
import { openRaw, readAnswer } from "../support/raw-http";
import { startInstallation, type TestInstallation } from "../support/installation";

const run = promisify(execFile);

let installation: TestInstallation;
let key: string;
let folder: string;
let large: string;

beforeAll(async () => {
  installation = await startInstallation({ BACKUP_MAX_UPLOAD_BYTES: "1000000" });
  key = await installation.apiKey();
  folder = await mkdtemp(path.join(tmpdir(), "system-backup-curl-"));
  large = path.join(folder, "large.zip");
  const handle = await open(large, "w");
  await handle.truncate(100 * 1024 * 1024);
  await handle.close();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await installation.stop();
});

/** curl as in the README; rejects where curl itself fails, as it does when the connection is reset under it. */
async function curl(...parameters: string[]): Promise<{ status: string; body: string }> {
  const { stdout } = await run("curl", ["-sS", "--max-time", "30", "-w", "\n%{http_code}", ...parameters]);
  const lines = stdout.split("\n");
  return { status: lines.at(-1) ?? "", body: lines.slice(0, -1).join("\n") };
}

const authorization = () => `Authorization: Bearer ${key}`;

it.each([
  ["as curl sends it", []],
  ["without waiting for 100 Continue", ["-H", "Expect:"]],
  ["in chunks", ["-H", "Expect:", "-H", "Transfer-Encoding: chunked"]],
])("curl gets to read why 100 MB are refused, %s", async (_how, headers) => {
  const target = `${installation.url}${api}/import`;
  const startedAt = Date.now();
  const tooLarge = await curl("-H", authorization(), ...headers, "-F", `file=@${large}`, target);
  expect(tooLarge).toMatchObject({ status: "413", body: expect.stringContaining('"too_large"') });
  const anonymous = await curl(...headers, "-F", `file=@${large}`, target);
  expect(anonymous).toMatchObject({ status: "401", body: expect.stringContaining('"unauthorized"') });
  const notAForm = await curl("-H", authorization(), ...headers, "-H", "Content-Type: application/zip", "--data-binary", `@${large}`, target);
  expect(notAForm).toMatchObject({ status: "415" });
  expect(Date.now() - startedAt).toBeLessThan(20_000);
  expect(await installation.staged()).toEqual([]);
});

it("a client that reads only once it has sent everything gets to read it as well", async () => {
  const socket = await openRaw(installation.port);
  socket.pause();
  const length = 100 * 1024 * 1024;
  socket.write(
    `POST ${api}/import HTTP/1.1\r\nHost: test\r\n${authorization()}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.write(Buffer.alloc(length), resolve));
  const answer = readAnswer(socket);
  socket.resume();
  expect(await answer).toMatchObject({ status: 413, code: "too_large" });
});

it("moves a state with the three lines of the README", async () => {
  const file = path.join(folder, "moved.zip");
  expect(await curl("-X", "POST", "-H", authorization(), "-o", file, `${installation.url}${api}/export`)).toMatchObject({ status: "200" });
  const preview = await curl("-H", authorization(), "-F", `file=@${file}`, `${installation.url}${api}/import/preview`);
  expect(preview).toMatchObject({ status: "200", body: expect.stringContaining('"valid":true') });
  const imported = await curl("-H", authorization(), "-F", "conflict_mode=merge", "-F", `file=@${file}`, `${installation.url}${api}/import`);
  expect(imported).toMatchObject({ status: "200", body: expect.stringContaining('"run_id"') });
});
