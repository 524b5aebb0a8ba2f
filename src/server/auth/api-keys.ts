import { createHash, randomBytes } from "node:crypto";

import { RequestError } from "../errors";
import { prisma } from "../db";

/** Lets people and secret scanners recognise a key where it does not belong. */
const keyPrefix = "sbk_";

/** 256 bits: cannot be guessed, so a plain SHA-256 without salt or stretching protects what is stored. */
const keyBytes = 32;

/** Enough to tell keys apart in a list; the 35 characters that are left still hold over 200 bits. */
const shownCharacters = keyPrefix.length + 8;

/** `last_used_at` is worth a write a minute, not one a request. */
const lastUseResolutionMilliseconds = 60_000;

const millisecondsPerDay = 24 * 60 * 60 * 1000;

/** Whose key, by id or e-mail, and what it is called. Without `expiresInDays` it never expires. */
export type NewApiKey = ({ userId: string } | { email: string }) & { name: string; expiresInDays?: number | undefined };

export interface ApiKey {
  id: string;
  prefix: string;
  name: string;
  owner: { id: string; email: string };
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

/**
 * The key itself is in the answer and nowhere else: only its hash is stored.
 *
 * @throws RequestError `user_not_found`
 */
export async function createApiKey(request: NewApiKey): Promise<{ key: string; id: string; prefix: string }> {
  const owner = await prisma().users.findUnique({
    where: "userId" in request ? { id: request.userId } : { email: request.email.toLowerCase() },
    select: { id: true },
  });
  if (owner === null) throw new RequestError("user_not_found", "There is no such user.");
  const key = keyPrefix + randomBytes(keyBytes).toString("base64url");
  const prefix = key.slice(0, shownCharacters);
  const { id } = await prisma().api_keys.create({
    data: {
      user_id: owner.id,
      name: request.name,
      prefix,
      key_hash: hashOf(key),
      expires_at: request.expiresInDays === undefined ? null : daysFromNow(request.expiresInDays),
    },
    select: { id: true },
  });
  return { key, id, prefix };
}

/** Newest first. */
export async function listApiKeys(): Promise<ApiKey[]> {
  const keys = await prisma().api_keys.findMany({
    select: {
      id: true,
      prefix: true,
      name: true,
      created_at: true,
      expires_at: true,
      last_used_at: true,
      revoked_at: true,
      user: { select: { id: true, email: true } },
    },
    orderBy: [{ created_at: "desc" }, { id: "asc" }],
  });
  return keys.map(({ user, ...key }) => ({ ...key, owner: user }));
}

/**
 * Ends a key at once. Revoking a revoked key changes nothing.
 *
 * @param prefixOrId what `listApiKeys` shows
 * @throws RequestError `api_key_not_found`
 */
export async function revokeApiKey(prefixOrId: string): Promise<void> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(prefixOrId);
  const where = isId ? { id: prefixOrId } : { prefix: prefixOrId };
  const { count } = await prisma().api_keys.updateMany({
    where: { ...where, revoked_at: null },
    data: { revoked_at: new Date() },
  });
  if (count === 0 && (await prisma().api_keys.count({ where })) === 0) {
    throw new RequestError("api_key_not_found", "There is no API key with this prefix or id.");
  }
}

/**
 * The id of a key's row and its owner's; null where the key is unknown, revoked or expired.
 * The database finds the hash, so the time taken says nothing about how much of a guess was right.
 */
export async function findApiKey(key: string): Promise<{ id: string; userId: string } | null> {
  if (!key.startsWith(keyPrefix)) return null;
  const found = await prisma().api_keys.findUnique({
    where: { key_hash: hashOf(key), ...usable() },
    select: { id: true, user_id: true, last_used_at: true },
  });
  if (found === null) return null;
  if (found.last_used_at === null || found.last_used_at < lastUseDue()) await noteUse(found.id);
  return { id: found.id, userId: found.user_id };
}

/** Whether a key that was good when its request began still is. */
export async function isApiKeyUsable(id: string): Promise<boolean> {
  return (await prisma().api_keys.count({ where: { id, ...usable() } })) === 1;
}

function usable() {
  return { revoked_at: null, OR: [{ expires_at: null }, { expires_at: { gt: new Date() } }] };
}

/** Of many requests at once, one writes. */
async function noteUse(id: string): Promise<void> {
  await prisma().api_keys.updateMany({
    where: { id, OR: [{ last_used_at: null }, { last_used_at: { lt: lastUseDue() } }] },
    data: { last_used_at: new Date() },
  });
}

function lastUseDue(): Date {
  return new Date(Date.now() - lastUseResolutionMilliseconds);
}

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * millisecondsPerDay);
}
