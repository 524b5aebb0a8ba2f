import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { api, exportBundle } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";
import { openRaw, readAnswer, sendRaw } from "../support/raw-http";

const maximumBytes = 200_000;
const boundary = "frontier";

let installation: TestInstallation;
let key: string;
let bundle: Buffer;

beforeAll(async () => {
  installation = await startInstallation({ BACKUP_MAX_UPLOAD_BYTES: String(maximumBytes) });
  key = await installation.apiKey();
  ({ bundle } = await exportBundle(installation, key));
});

afterAll(() => installation.stop());

afterEach(async () => {
  await expect.poll(() => unfinished()).toEqual({ staged: [], running: 0 });
});

/** What lies in staging, and runs without an end. */
async function unfinished() {
  const { rows } = await installation.pool.query("SELECT FROM backup_runs WHERE state = 'running'");
  return { staged: await installation.staged(), running: rows.length };
}

function head(lengthHeader: string, contentType = `multipart/form-data; boundary=${boundary}`, path = "/import"): string {
  const lines = [
    `POST ${api}${path} HTTP/1.1`,
    "Host: test",
    `Authorization: Bearer ${key}`,
    `Content-Type: ${contentType}`,
    lengthHeader,
    "",
    "",
  ];
  return lines.filter((line, index) => line !== "" || index > 4).join("\r\n");
}

function part(headers: string[], content: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from(`--${boundary}\r\n${headers.join("\r\n")}\r\n\r\n`), Buffer.from(content), Buffer.from("\r\n")]);
}

const end = Buffer.from(`--${boundary}--\r\n`);
const disposition = (parameters: string) => `Content-Disposition: form-data; ${parameters}`;
const file = (content: Buffer | string = bundle) => part([disposition('name="file"; filename="a.zip"')], content);
const field = (name: string, value: string) => part([disposition(`name="${name}"`)], value);

function send(body: Buffer, contentType?: string) {
  return sendRaw(installation.port, head(`Content-Length: ${body.length}`, contentType), body);
}

describe("a form that is well", () => {
  it.each([
    ["with the field before the file", () => Buffer.concat([field("conflict_mode", "merge"), file(), end])],
    ["with the field after the file", () => Buffer.concat([file(), field("conflict_mode", "merge"), end])],
    ["with text before the first part and after the last", () => Buffer.concat([Buffer.from("hello\r\n"), field("conflict_mode", "merge"), file(), end, Buffer.from("bye")])],
  ])("%s is imported", async (_what, body) => {
    const answer = await send(body());
    expect(answer.text).toContain('"conflict_mode":"merge"');
    expect(answer.status).toBe(200);
  });

  it("may come in chunks without a stated length, split anywhere", async () => {
    const body = Buffer.concat([file(), field("conflict_mode", "merge"), end]);
    const socket = await openRaw(installation.port);
    const answer = readAnswer(socket);
    socket.write(head("Transfer-Encoding: chunked"));
    for (let from = 0; from < body.length; from += 97) {
      const chunk = body.subarray(from, from + 97);
      socket.write(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]));
    }
    socket.write("0\r\n\r\n");
    expect(await answer).toMatchObject({ status: 200 });
  });
});

describe("a form that is not", () => {
  const bodies: [string, number, string, () => Buffer][] = [
    ["with the file twice", 400, "malformed_request", () => Buffer.concat([file(), file(), end])],
    ["with a field twice", 400, "malformed_request", () => Buffer.concat([field("conflict_mode", "merge"), field("conflict_mode", "merge"), file(), end])],
    ["without a file", 400, "malformed_request", () => Buffer.concat([field("conflict_mode", "merge"), end])],
    ["with nothing at all", 400, "malformed_request", () => end],
    ["with an empty body", 400, "malformed_request", () => Buffer.alloc(0)],
    ["with a file that has no name", 400, "malformed_request", () => Buffer.concat([part([disposition('name="file"')], bundle), end])],
    ["with a file that has a type and no name", 400, "malformed_request", () => Buffer.concat([part([disposition('name="file"'), "Content-Type: application/octet-stream"], bundle), end])],
    ["with a part that has no name", 400, "malformed_request", () => Buffer.concat([part([disposition('filename="a.zip"')], bundle), end])],
    ["with an encoded file", 400, "malformed_request", () => Buffer.concat([part([disposition('name="file"; filename="a"'), "Content-Transfer-Encoding: base64"], "UEs="), end])],
    ["with an unknown field", 400, "unknown_option", () => Buffer.concat([file(), field("dry_run", "true"), end])],
    ["with an unknown file", 400, "unknown_option", () => Buffer.concat([part([disposition('name="bundle"; filename="a.zip"')], bundle), end])],
    ["with an unknown mode", 400, "malformed_request", () => Buffer.concat([field("conflict_mode", "replace"), file(), end])],
    ["with a field of a megabyte", 413, "too_large", () => Buffer.concat([field("conflict_mode", "a".repeat(1_000_000)), file(), end])],
    ["with a field of two kilobytes", 400, "malformed_request", () => Buffer.concat([field("conflict_mode", "a".repeat(2_000)), file(), end])],
    ["with a thousand parts", 400, "malformed_request", () => Buffer.concat([...Array.from({ length: 1000 }, () => part(["X-A: b"], "")), file(), end])],
    ["with a part header of 60 kB", 400, "malformed_request", () => Buffer.concat([part([disposition('name="file"; filename="a"'), `X-A: ${"a".repeat(60_000)}`], bundle), end])],
    ["without its last boundary", 400, "malformed_request", () => file()],
    ["cut in the middle of the file", 400, "malformed_request", () => file().subarray(0, 300)],
    ["cut in the middle of a header", 400, "malformed_request", () => file().subarray(0, 40)],
    ["that is no form", 400, "malformed_request", () => Buffer.from("PK\u0003\u0004".repeat(1000))],
    ["whose file is no bundle", 422, "not_a_zip", () => Buffer.concat([file("hello"), end])],
    ["whose file is empty", 422, "not_a_zip", () => Buffer.concat([file(""), end])],
    ["whose file is a byte too large", 413, "too_large", () => Buffer.concat([file(Buffer.alloc(maximumBytes + 1)), end])],
  ];

  it.each(bodies)("%s is answered with %s %s", async (_what, status, code, body) => {
    const answer = await send(body());
    expect(answer, answer.text).toMatchObject({ status, code });
    expect(answer.text).toContain("application/problem+json");
  });

  it.each([
    ["without a boundary", "multipart/form-data", 400, "malformed_request"],
    ["with an empty boundary", 'multipart/form-data; boundary=""', 400, "malformed_request"],
    ["with a boundary of a kilobyte", `multipart/form-data; boundary=${"a".repeat(1000)}`, 400, "malformed_request"],
    ["of another type", "application/zip", 415, "unsupported_media_type"],
    ["of a form's other type", "application/x-www-form-urlencoded", 415, "unsupported_media_type"],
  ])("%s is refused", async (_what, contentType, status, code) => {
    expect(await send(Buffer.concat([file(), end]), contentType)).toMatchObject({ status, code });
  });

  it("that runs past its stated length is cut there, and what follows is no request", async () => {
    const body = Buffer.concat([file(), end]);
    const answer = await sendRaw(installation.port, head(`Content-Length: ${body.length - 20}`), body);
    // Node itself answers, since the connection now carries something that is no HTTP.
    expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400"]);
  });

  it("that never comes whole leaves nothing when its client leaves", async () => {
    for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
      const body = Buffer.concat([file(Buffer.alloc(100_000, 7)), end]);
      const socket = await openRaw(installation.port);
      socket.write(head(`Content-Length: ${body.length}`));
      socket.write(body.subarray(0, Math.floor(body.length * share)));
      await delay(100);
      socket.destroy();
    }
    await expect.poll(() => unfinished()).toEqual({ staged: [], running: 0 });
    const { rows } = await installation.pool.query("SELECT state, error_code FROM backup_runs ORDER BY started_at DESC LIMIT 5");
    expect(rows).toEqual(Array(5).fill({ state: "aborted", error_code: null }));
  });
});

describe("what is too large", () => {
  it("is refused by its stated length before a byte of it was sent", async () => {
    const socket = await openRaw(installation.port);
    const answer = readAnswer(socket, 5_000);
    socket.write(head("Content-Length: 5000000000"));
    expect(await answer).toMatchObject({ status: 413, code: "too_large" });
  });

  it("is refused while it comes, as soon as that is known", async () => {
    const socket = await openRaw(installation.port);
    const answer = readAnswer(socket);
    socket.write(head("Transfer-Encoding: chunked"));
    socket.write(`${file("").length.toString(16)}\r\n`);
    socket.write(file(""));
    socket.write("\r\n");
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x10000), Buffer.from("\r\n")]);
    let sent = 0;
    while (!socket.destroyed && sent < 50 * 1024 * 1024) {
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), delay(1000)]);
      sent += 0x10000;
      if (sent > maximumBytes * 4) break;
    }
    expect(await answer).toMatchObject({ status: 413, code: "too_large" });
  });

  it("does not reach the disk without a key", async () => {
    const body = Buffer.concat([file(Buffer.alloc(100_000)), end]);
    const anonymous = head(`Content-Length: ${body.length}`).replace(/Authorization: .*\r\n/, "");
    const socket = await openRaw(installation.port);
    const answer = readAnswer(socket);
    socket.write(anonymous);
    socket.write(body.subarray(0, 50_000));
    expect(await answer).toMatchObject({ status: 401, code: "unauthorized" });
    expect(await installation.staged()).toEqual([]);
  });
});
