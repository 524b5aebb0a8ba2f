import { z } from "zod";

import { bundleCountsSchema, conflictModeSchema, objectCountsSchema, planSchema, warningSchema } from "@/backup";

export const exportOptionsSchema = z.object({
  include_files: z.boolean(),
  include_users: z.boolean(),
  include_scan_history: z.boolean(),
  include_settings: z.boolean(),
});

const importOptionsSchema = z.object({
  conflict_mode: conflictModeSchema.optional().meta({ description: "Absent until the request was read." }),
  preview_id: z.string().optional().meta({ description: "Where the bundle had been uploaded for a preview." }),
});

export const exportResultSchema = z.object({
  rows: z.record(z.string(), z.int()).meta({ description: "Rows of every table in the bundle." }),
  objects: z.int(),
  object_bytes: z.int(),
});

export const importResultSchema = z.object({
  bundle: bundleCountsSchema,
  objects: objectCountsSchema,
  plan: planSchema,
});

export const runStateSchema = z.enum(["running", "succeeded", "failed", "aborted", "interrupted"]);

const commonSchema = z.object({
  id: z.string(),
  state: runStateSchema.meta({
    description: "aborted: the client left. interrupted: the application ended in the middle.",
  }),
  started_by: z.object({ id: z.string(), email: z.string(), display_name: z.string() }).nullable(),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  bytes: z.int().meta({ description: "Size of the bundle." }),
  bundle_sha256: z.string().nullable(),
  error_code: z.string().nullable(),
  warnings: z.array(warningSchema),
  progress: z
    .object({
      phase: z.enum(["receiving", "reading", "planning", "tables", "objects", "finishing"]),
      table: z.string().nullable(),
      done: z.int().meta({ description: "Rows of the table or, in phase objects, objects." }),
      bytes: z.int().meta({ description: "Of the bundle so far." }),
    })
    .nullable()
    .meta({ description: "While it runs in this process, else null." }),
});

export const runSchema = z.discriminatedUnion("kind", [
  commonSchema.extend({
    kind: z.literal("export"),
    options: exportOptionsSchema.partial(),
    counts: exportResultSchema.nullable(),
  }),
  commonSchema.extend({
    kind: z.literal("import"),
    options: importOptionsSchema,
    counts: importResultSchema.nullable(),
  }),
]);
export type RunRecord = z.infer<typeof runSchema>;
export type RunProgress = NonNullable<RunRecord["progress"]>;
export type RunOptions = RunRecord["options"];
export type RunCounts = NonNullable<RunRecord["counts"]>;
