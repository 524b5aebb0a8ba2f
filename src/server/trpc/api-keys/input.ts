import { z } from "zod";

/** Ten years: whoever means forever should say so. */
const maximumDays = 3650;

export const createApiKeySchema = z.strictObject({
  name: z.string().trim().min(1, "Give the key a name.").max(100, "At most 100 characters."),
  /** Null: never. */
  expires_in_days: z.int("Expected a whole number of days.").min(1, "At least one day.").max(maximumDays, "At most 3,650 days.").nullable(),
});
export type CreateApiKey = z.infer<typeof createApiKeySchema>;

export const revokeApiKeySchema = z.strictObject({ id: z.guid() });
