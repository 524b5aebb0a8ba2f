import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { hashPassword } from "@/server/auth";

export interface FirstAdmin {
  email: string;
  /** Null where it was given rather than made, and so needs no showing. */
  madePassword: string | null;
}

const defaultEmail = "admin@example.com";

/** The admin of an installation that has no user yet. Null where it has users already; nothing changes then. */
export async function ensureFirstAdmin(
  pool: Pool,
  given: { email: string | undefined; password: string | undefined },
): Promise<FirstAdmin | null> {
  const { rowCount } = await pool.query("SELECT 1 FROM users LIMIT 1");
  if (rowCount !== 0) return null;
  const email = (given.email ?? defaultEmail).toLowerCase();
  const madePassword = given.password === undefined ? randomBytes(15).toString("base64url") : null;
  const hash = await hashPassword(given.password ?? madePassword ?? "");
  // Another process may be doing the same: one of the two inserts.
  const inserted = await pool.query(
    `INSERT INTO users (email, display_name, password_hash, role)
     SELECT $1, 'Administrator', $2, 'admin' WHERE NOT EXISTS (SELECT FROM users)
     ON CONFLICT DO NOTHING`,
    [email, hash],
  );
  return inserted.rowCount === 1 ? { email, madePassword } : null;
}
