import { createHash } from "node:crypto";
import { hashSync } from "@node-rs/argon2";
import type { user_role } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Row, type Table } from "../copy";
import { inventoryIds } from "../inventory-ids";
import type { Source } from "../random";
import { before, secondsPerDay } from "../text/timestamps";

/** The one seeded user who can sign in, and is no admin. The same whatever the seed; kept where it exists already. */
export const seededMember = { email: "member@example.com", password: "member of the demo" } as const;

type UserRow = Row<Prisma.UsersScalarFieldEnum>;

interface Person {
  readonly name: string;
  readonly display: string;
  readonly role: user_role;
  readonly active: boolean;
}

const people: readonly Person[] = [
  { name: "ingrid.akesson", display: "Ingrid Åkesson", role: "admin", active: true },
  { name: "tomas.novak", display: "Tomáš Novák", role: "member", active: true },
  { name: "former.colleague", display: "Former Colleague", role: "member", active: false },
  { name: "layla.haddad", display: "ليلى حداد \u200f👩🏽‍💻", role: "member", active: true },
  { name: "nobody", display: "", role: "member", active: true },
  { name: "former.admin", display: `Former "Admin" \\ 山田\u0001`, role: "admin", active: false },
];

export function users(source: Source): Table {
  return defineTable("users", Prisma.UsersScalarFieldEnum, () => userRows(source));
}

/** Alone, since a row that exists already is no mistake here. */
export function member(): Table {
  return defineTable("users", Prisma.UsersScalarFieldEnum, () => [memberRow()], "keep");
}

export function userSecrets(source: Source): string[] {
  return [...userRows(source), memberRow()].map((row) => String(row.password_hash));
}

function userRows(source: Source): UserRow[] {
  const ids = inventoryIds(source);
  return people.map(({ name, display, role, active }, index) => {
    const random = source.random("users", index);
    return {
      id: ids.user(index),
      email: `${name}.${source.tag}@example.com`,
      display_name: display,
      password_hash: unmatchedPasswordHash(source, index),
      role,
      is_active: String(active),
      created_at: before((400 + random.integer(400)) * secondsPerDay, random.integer(1_000_000)),
      last_login_at: index % 2 === 0 ? before(random.integer(90 * secondsPerDay), random.integer(1_000_000)) : null,
    };
  });
}

function memberRow(): UserRow {
  return {
    id: "5eed0000-0000-4000-8000-00000000face",
    email: seededMember.email,
    display_name: "Demo Member",
    password_hash: memberPasswordHash(),
    role: "member",
    is_active: "true",
    created_at: before(400 * secondsPerDay, 0),
    last_login_at: null,
  };
}

/** A salt drawn each time would make other bytes each time; what this protects is no secret. */
function memberPasswordHash(): string {
  const salt = createHash("sha256").update(seededMember.email).digest().subarray(0, 16);
  return hashSync(seededMember.password, { salt, memoryCost: 19_456, timeCost: 2, parallelism: 1 });
}

/** An argon2id hash that was never made from a password, so that nobody can sign in as these users. */
export function unmatchedPasswordHash(source: Source, index: number): string {
  const part = (name: string, bytes: number) =>
    Buffer.from(source.hex(`users/${index}/${name}`, bytes * 2), "hex")
      .toString("base64")
      .replace(/=+$/, "");
  return `$argon2id$v=19$m=19456,t=2,p=1$${part("salt", 16)}$${part("digest", 32)}`;
}
