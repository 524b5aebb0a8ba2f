import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, call } from "../support/api";
import { startInstallation, type TestInstallation } from "../support/installation";

let installation: TestInstallation;

beforeAll(async () => {
  installation = await startInstallation();
});

afterAll(() => installation.stop());

interface SignedIn {
  status: number;
  /** For a Cookie header. */
  cookies: string;
  setCookies: string[];
  error: string | null;
}

/** What the page does: a token against forgery first, then the credentials. */
async function signIn(email: string, password: string, headers: Record<string, string> = {}): Promise<SignedIn> {
  const csrf = await call(installation, "/api/auth/csrf");
  const body = new URLSearchParams({ csrfToken: String(csrf.json.csrfToken), email, password, json: "true" });
  const answer = await call(installation, "/api/auth/callback/credentials", {
    method: "POST",
    headers: { cookie: cookieHeader(csrf.headers.getSetCookie()), ...headers },
    body,
  });
  const setCookies = answer.headers.getSetCookie();
  const error = new URL(String(answer.json.url ?? installation.url)).searchParams.get("error");
  return { status: answer.status, cookies: cookieHeader(setCookies), setCookies, error };
}

function cookieHeader(setCookies: string[]): string {
  return setCookies.map((cookie) => cookie.split(";", 1)[0] ?? "").join("; ");
}

const runs = (cookie: string) => call(installation, `${api}/runs`, { headers: { cookie } });

const startExport = (headers: Record<string, string>) =>
  call(installation, `${api}/export`, { method: "POST", headers });

describe("signing in", () => {
  it("gives a session that admins can use", async () => {
    const { status, cookies, setCookies } = await signIn(installation.adminEmail, installation.adminPassword);
    expect(status).toBe(200);
    const session = setCookies.find((cookie) => cookie.startsWith(`system-backup.session.${installation.port}=`));
    expect(session).toMatch(/; HttpOnly/);
    expect(session).toMatch(/; SameSite=Lax/i);
    expect(session).not.toMatch(/; Secure/);
    expect(await runs(cookies)).toMatchObject({ status: 200 });
  });

  it("takes the e-mail address in any case", async () => {
    expect((await signIn(installation.adminEmail.toUpperCase(), installation.adminPassword)).error).toBeNull();
  });

  it.each([
    ["a wrong password", "admin@example.com", "wrong password"],
    ["an unknown user", "nobody@example.com", "wrong password"],
    ["no password", "admin@example.com", ""],
  ])("refuses %s in the same words", async (_what, email, password) => {
    expect(await signIn(email, password)).toMatchObject({ status: 401, error: "CredentialsSignin" });
  });

  it("refuses a body of a megabyte", async () => {
    const answer = await call(installation, "/api/auth/callback/credentials", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ password: "a".repeat(1_000_000) }),
    });
    expect(answer).toMatchObject({ status: 413, json: { code: "too_large" } });
  });

  it("refuses further attempts on one account, right or wrong, but not others'", async () => {
    await installation.pool.query(
      `INSERT INTO users (email, password_hash, role) SELECT 'limited@example.com', password_hash, 'admin' FROM users WHERE email = $1`,
      [installation.adminEmail],
    );
    const errors = [];
    for (let attempt = 0; attempt < 11; attempt += 1) errors.push((await signIn("limited@example.com", "wrong")).error);
    expect(errors.slice(0, 10)).toEqual(Array(10).fill("CredentialsSignin"));
    expect(errors[10]).toBe("rate_limited");
    expect((await signIn("limited@example.com", installation.adminPassword)).error).toBe("rate_limited");
    expect((await signIn(installation.adminEmail, installation.adminPassword)).error).toBeNull();
  });

  it("refuses further attempts from one address, whatever the account", async () => {
    const headers = { "x-forwarded-for": "198.51.100.7" };
    const attempts = Array.from({ length: 51 }, (_, index) => index);
    const errors = [];
    for (const attempt of attempts) errors.push((await signIn(`user${attempt}@example.com`, "wrong", headers)).error);
    expect(errors.filter((error) => error === "rate_limited")).toHaveLength(1);
    expect(errors.at(-1)).toBe("rate_limited");
  });
});

describe("a session", () => {
  let session: SignedIn;

  beforeAll(async () => {
    session = await signIn(installation.adminEmail, installation.adminPassword);
  });

  it("changes nothing for a request of another origin, or of none", async () => {
    const host = `127.0.0.1:${installation.port}`;
    const refused: Record<string, string>[] = [
      {},
      { origin: "https://evil.example" },
      { origin: `http://${host}.evil.example` },
      { origin: "null" },
      { origin: `http://127.0.0.1:${installation.port + 1}` },
      { origin: `http://${host}`, "sec-fetch-site": "cross-site" },
      { origin: `http://${host}`, "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
    ];
    for (const headers of refused) {
      const answer = await startExport({ cookie: session.cookies, ...headers });
      expect(answer, JSON.stringify(headers)).toMatchObject({ status: 403, json: { code: "cross_origin" } });
    }
    expect((await runs(session.cookies)).json.runs).toEqual([]);
  });

  it("works from the installation's own pages, under the address used and the one configured", async () => {
    const own: Record<string, string>[] = [
      { origin: `http://127.0.0.1:${installation.port}` },
      { origin: `http://localhost:${installation.port}` },
      { "sec-fetch-site": "same-origin" },
    ];
    for (const headers of own) expect(await startExport({ cookie: session.cookies, ...headers })).toMatchObject({ status: 200 });
  });

  it("that was tampered with is none", async () => {
    const [name, token = ""] = session.cookies.split("; ").find((cookie) => cookie.includes("session"))?.split("=") ?? [];
    // Not the last character, of which base64 leaves bits unused: now and then the change was none.
    const [kept, changed, rest] = [token.slice(0, -5), token.at(-5), token.slice(-4)];
    const flipped = `${kept}${changed === "A" ? "B" : "A"}${rest}`;
    expect(await runs(`${name}=${flipped}`)).toMatchObject({ status: 401 });
    expect(await runs(`${name}=`)).toMatchObject({ status: 401 });
  });

  it("loses its rights when its user does, at once", async () => {
    const { cookies } = await signIn(installation.adminEmail, installation.adminPassword);
    const set = (change: string) => installation.pool.query(`UPDATE users SET ${change} WHERE email = $1`, [installation.adminEmail]);
    try {
      await set("role = 'member'");
      expect(await runs(cookies)).toMatchObject({ status: 403 });
      await set("role = 'admin', is_active = false");
      expect(await runs(cookies)).toMatchObject({ status: 403 });
      expect(await signIn(installation.adminEmail, installation.adminPassword)).toMatchObject({ error: "CredentialsSignin" });
    } finally {
      await set("role = 'admin', is_active = true");
    }
    expect(await runs(cookies)).toMatchObject({ status: 200 });
  });
});

describe("pages", () => {
  it("send whoever is not signed in to sign in, and greet whoever is", async () => {
    const page = async (path: string, cookie = "") => {
      const response = await fetch(installation.url + path, { redirect: "manual", headers: { cookie } });
      return { status: response.status, location: response.headers.get("location"), html: await response.text(), headers: response.headers };
    };
    expect(await page("/")).toMatchObject({ status: 307, location: "/sign-in" });
    const form = await page("/sign-in");
    expect(form.status).toBe(200);
    expect(form.html).toContain('autoComplete="current-password"');
    expect(form.headers.get("x-content-type-options")).toBe("nosniff");
    expect(form.headers.get("x-frame-options")).toBe("DENY");
    const { cookies } = await signIn(installation.adminEmail, installation.adminPassword);
    expect((await page("/", cookies)).html).toContain(installation.adminEmail);
    expect(await page("/sign-in", cookies)).toMatchObject({ status: 307, location: "/" });
  });
});
