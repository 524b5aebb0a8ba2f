import { z } from "zod";

export const conflictModes = ["skip_existing", "merge", "overwrite_metadata_only"] as const;

export const conflictModeSchema = z.enum(conflictModes);

export type ConflictMode = z.infer<typeof conflictModeSchema>;
