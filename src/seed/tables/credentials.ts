import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Row, type Table } from "../copy";
import { inventoryIds, userCount } from "../inventory-ids";
import type { Source } from "../random";
import { before, secondsPerDay } from "../text/timestamps";

/** Two for each seeded user: one in force, one revoked or expired. */
const credentialCount = 2 * userCount;

export function refreshTokens(source: Source): Table {
  return defineTable("refresh_tokens", Prisma.Refresh_tokensScalarFieldEnum, () => refreshTokenRows(source));
}

export function apiKeys(source: Source): Table {
  return defineTable("api_keys", Prisma.Api_keysScalarFieldEnum, () => apiKeyRows(source));
}

/** The tables never reach a bundle, so a key's name and prefix count as well. */
export function credentialSecrets(source: Source): string[] {
  return [
    ...refreshTokenRows(source).map((row) => String(row.token_hash)),
    ...apiKeyRows(source).flatMap((row) => [row.key_hash, row.prefix, row.name].map(String)),
  ];
}

// The hashes were never made from a token or key, so that nobody can use these.

function refreshTokenRows(source: Source): Row<Prisma.Refresh_tokensScalarFieldEnum>[] {
  return Array.from({ length: credentialCount }, (_, index) => ({
    id: source.uuid("refresh_tokens", index),
    user_id: inventoryIds(source).user(index),
    token_hash: source.hex(`refresh_tokens/${index}`, 64),
    created_at: before(40 * secondsPerDay + index, 100_000 + index),
    expires_at: before(10 * secondsPerDay - index, 200_000 + index),
    revoked_at: index % 2 === 1 ? before(20 * secondsPerDay, 300_000 + index) : null,
  }));
}

function apiKeyRows(source: Source): Row<Prisma.Api_keysScalarFieldEnum>[] {
  return Array.from({ length: credentialCount }, (_, index) => ({
    id: source.uuid("api_keys", index),
    user_id: inventoryIds(source).user(index),
    name: `pipeline-${source.hex(`api_keys/name/${index}`, 12)}`,
    prefix: `seed_${source.hex(`api_keys/prefix/${index}`, 12)}`,
    key_hash: source.hex(`api_keys/${index}`, 64),
    created_at: before(100 * secondsPerDay + index, 100_000 + index),
    expires_at: index % 3 === 0 ? null : before(50 * secondsPerDay, 200_000 + index),
    last_used_at: index % 4 === 0 ? null : before(60 * secondsPerDay, 300_000 + index),
    revoked_at: index % 2 === 1 ? before(55 * secondsPerDay, 400_000 + index) : null,
  }));
}
