import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startInstallation, type TestInstallation } from "../support/installation";
import { openRaw, readAnswer } from "../support/raw-http";
import { addUser, sessionOf } from "../support/session";

const everybodys = ["/", "/inventory/organizations", "/inventory/assets", "/inventory/vulnerabilities", "/inventory/files"];

const admins = [
  "/settings/administration/system-backup/export",
  "/settings/administration/system-backup/import",
  "/settings/administration/system-backup/history",
  "/settings/administration/system-backup/history/5f1f8c5e-6a25-4a6c-9f0e-0f5a3d1c2b4a",
  "/settings/administration/api-keys",
];

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

async function open(path: string, cookie = ""): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(installation.url + path, { redirect: "manual", headers: { cookie } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe.each([...everybodys, ...admins])("%s", (path) => {
  it("sends whoever is not signed in to sign in and back", async () => {
    const { status, headers } = await open(`${path}?search=a%26b`);
    expect(status).toBe(307);
    const target = new URL(headers.get("location") ?? "", installation.url);
    expect(target.pathname).toBe("/sign-in");
    expect(target.searchParams.get("callbackUrl")).toBe(`${path}?search=a%26b`);
  });

  it("opens for admins, under a content security policy", async () => {
    const { status, headers } = await open(path, admin);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self' 'nonce-[\w+/]{22}==' 'strict-dynamic';/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});

it("has an icon for browsers that ask before they have read a page", async () => {
  const { status, headers } = await open("/favicon.ico");
  expect([status, headers.get("content-type")]).toEqual([200, "image/x-icon"]);
});

it("takes no body for a page, and does not wait for it", async () => {
  const never = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1000)) });
  for (const [path, status, location] of [["/sign-in", 303, "/sign-in"], ["/", 405, null], ["/api", 405, null], ["/settings/administration/system-backup/import", 405, null]] as const) {
    const posted = await fetch(`${installation.url}${path}`, { method: "POST", body: never(), duplex: "half", redirect: "manual" } as RequestInit);
    expect([path, posted.status, posted.headers.get("location")]).toEqual([path, status, location]);
    expect(posted.headers.get("connection")).toBe("close");
  }
  for (const [request, status] of [["POST /api/../sign-in", 303], ["GET /sign-in", 400]] as const) {
    const socket = await openRaw(Number(new URL(installation.url).port));
    socket.write(`${request} HTTP/1.1\r\nhost: here\r\ncontent-length: 1000\r\n\r\n`);
    expect([request, (await readAnswer(socket)).status]).toEqual([request, status]);
  }
});

it.each(everybodys)("%s opens for members, without a way to the administration", async (path) => {
  const { status, text } = await open(path, member);
  expect(status).toBe(200);
  expect(text).toContain("member@example.com");
  expect(text).not.toContain("/settings/administration/api-keys");
});

it.each(admins)("%s is a page that says no to members", async (path) => {
  const { status, text } = await open(path, member);
  expect(status).toBe(403);
  expect(text).toContain("Only administrators may see this");
});

it.each(["/settings", "/settings/administration", "/settings/administration/system-backup"])("%s leads admins on", async (path) => {
  expect((await open(path, admin)).headers.get("location")).toContain("/settings/administration/system-backup");
  expect((await open(path, member)).status).not.toBe(200);
});

it("what is no page is 404", async () => {
  expect(await open("/nowhere", admin)).toMatchObject({ status: 404 });
});

describe("the sign-in page", () => {
  it.each([
    ["/inventory/assets?page=2", "/inventory/assets?page=2"],
    ["https://example.com/", "/"],
    ["//example.com/", "/"],
  ])("sends whoever is signed in on: %s to %s", async (wanted, target) => {
    const { status, headers } = await open(`/sign-in?callbackUrl=${encodeURIComponent(wanted)}`, admin);
    expect(status).toBe(307);
    expect(headers.get("location")).toBe(target);
  });
});

describe("the content security policy", () => {
  const nonceOf = (headers: Headers) => /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1] ?? "";

  it("names a nonce that no other answer has, and that every script of the page has", async () => {
    const [first, second] = [await open("/", admin), await open("/", admin)];
    expect(nonceOf(first.headers)).toMatch(/^[\w+/]{22}==$/);
    expect(nonceOf(first.headers)).not.toBe(nonceOf(second.headers));
    const scripts = first.text.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect(script).toContain(`nonce="${nonceOf(first.headers)}"`);
  });

  it.each(["/sign-in", "/nowhere", "/"])("lets nothing in from elsewhere: %s", async (path) => {
    const policy = (await open(path)).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*'unsafe/);
    expect(policy).not.toMatch(/https?:/);
  });
});
