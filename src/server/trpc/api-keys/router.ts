import { z } from "zod";

import { createApiKey, listApiKeys, revokeApiKey, type ApiKey } from "../../auth";
import { adminProcedure, router } from "../procedures";
import { createApiKeySchema, revokeApiKeySchema } from "./input";

const apiKeySchema = z.object({
  id: z.string(),
  /** The beginning of the key, by which people tell keys apart. */
  prefix: z.string(),
  name: z.string(),
  owner: z.object({ id: z.string(), email: z.string() }),
  state: z.enum(["active", "expired", "revoked"]),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
});

const createdSchema = z.object({ id: z.string(), prefix: z.string(), key: z.string() });

export const apiKeysRouter = router({
  /** Everybody's, newest first. */
  list: adminProcedure
    .input(z.strictObject({}))
    .output(z.object({ keys: z.array(apiKeySchema) }))
    .query(async () => ({ keys: (await listApiKeys()).map(describe) })),

  /** For whoever asks. The key is in this answer and nowhere else. */
  create: adminProcedure
    .input(createApiKeySchema)
    .output(createdSchema)
    .mutation(({ ctx, input }) =>
      createApiKey({
        userId: ctx.principal.userId,
        name: input.name,
        expiresInDays: input.expires_in_days ?? undefined,
      }),
    ),

  revoke: adminProcedure
    .input(revokeApiKeySchema)
    .output(z.object({}))
    .mutation(async ({ input }) => {
      await revokeApiKey(input.id);
      return {};
    }),
});

function describe(key: ApiKey): z.infer<typeof apiKeySchema> {
  const text = (date: Date | null) => date?.toISOString() ?? null;
  return {
    ...key,
    state: stateOf(key),
    created_at: key.created_at.toISOString(),
    expires_at: text(key.expires_at),
    last_used_at: text(key.last_used_at),
    revoked_at: text(key.revoked_at),
  };
}

function stateOf({ expires_at, revoked_at }: ApiKey): "active" | "expired" | "revoked" {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && expires_at <= new Date() ? "expired" : "active";
}
