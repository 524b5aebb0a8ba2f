import { call } from "./api";
import type { TestInstallation } from "./installation";

/** A user with the admin's password. */
export async function addUser(installation: TestInstallation, email: string, role: "admin" | "member"): Promise<void> {
  await installation.pool.query(
    `INSERT INTO users (email, password_hash, role)
     SELECT $1, password_hash, $2::user_role FROM users WHERE email = $3`,
    [email, role, installation.adminEmail],
  );
}

/** What the sign-in page does; for a Cookie header. */
export async function sessionOf(installation: Pick<TestInstallation, "url" | "adminPassword">, email: string): Promise<string> {
  const csrf = await call(installation, "/api/auth/csrf");
  const body = new URLSearchParams({
    csrfToken: String(csrf.json.csrfToken),
    email,
    password: installation.adminPassword,
    json: "true",
  });
  const answer = await call(installation, "/api/auth/callback/credentials", {
    method: "POST",
    headers: { cookie: cookies(csrf.headers) },
    body,
  });
  const session = cookies(answer.headers);
  if (!session.includes("session")) throw new Error(`${email} could not sign in.`);
  return session;
}

function cookies(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0] ?? "")
    .join("; ");
}
