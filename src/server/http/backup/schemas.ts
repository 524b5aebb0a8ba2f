import { z } from "zod";

import {
  bundleCountsSchema,
  conflictModeSchema,
  importAnalysisSchema,
  importOutcomeSchema,
  objectCountsSchema,
  rowErrorSchema,
  warningSchema,
} from "@/backup";

import { runSchema } from "../../runs";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits in lower case");

export const exportRequestSchema = z.strictObject({
  include_files: z.boolean().default(true).meta({ description: "The objects that files rows name." }),
  include_users: z.boolean().default(false).meta({ description: "Users without anything secret; never imported." }),
  include_scan_history: z.boolean().default(true).meta({ description: "Scans and their jobs." }),
  include_settings: z.boolean().default(true).meta({ description: "Settings that are not secret, in the manifest." }),
  include_secrets: z.boolean().optional().meta({ description: "Accepted and without effect but for a warning." }),
});

export const importFieldsSchema = z.strictObject({
  conflict_mode: conflictModeSchema.default("skip_existing"),
  expected_plan: sha256.optional().meta({
    description: "Digest of a plan from a preview. The import is refused with plan_changed where it would do something else.",
  }),
});

export const previewFieldsSchema = z.strictObject({});

export const importRequestSchema = importFieldsSchema.extend({
  preview_id: z.uuid().meta({ description: "From a preview within the last hour." }),
});

export const uploadSchema = z.object({
  file: z.string().meta({ contentMediaType: "application/zip", description: "The bundle." }),
});

export const bundleDescriptionSchema = z.object({
  sha256,
  size: z.int().meta({ description: "Bytes." }),
  format_version: z.int().nullable(),
  created_at: z.iso.datetime().nullable(),
  application_version: z.string().nullable(),
  options: z
    .object({
      include_files: z.boolean(),
      include_users: z.boolean(),
      include_scan_history: z.boolean(),
      include_settings: z.boolean(),
    })
    .nullable(),
  warnings: z.array(warningSchema).meta({ description: "What the export had to say." }),
});
export type BundleDescription = z.infer<typeof bundleDescriptionSchema>;

export const previewResponseSchema = z.object({
  valid: z.boolean(),
  preview_id: z.uuid().nullable().meta({ description: "For an import without sending the bundle again." }),
  expires_at: z.iso.datetime().nullable(),
  bundle: bundleDescriptionSchema,
  counts: bundleCountsSchema.nullable(),
  plan: importAnalysisSchema.shape.plan.nullable(),
  objects: objectCountsSchema.nullable(),
  settings: z.record(z.string(), z.unknown()).nullable().meta({ description: "In the bundle; never applied." }),
  warnings: z.array(warningSchema),
  errors: z.array(rowErrorSchema).meta({ description: "The first hundred." }),
  error_count: z.int(),
  error_count_is_least: z.boolean().meta({ description: "Counting stopped there: there may be more." }),
});
export type PreviewResponse = z.infer<typeof previewResponseSchema>;

export const importResponseSchema = importOutcomeSchema.extend({
  run_id: z.uuid(),
  bundle: bundleDescriptionSchema,
  duration_ms: z.int(),
});
export type ImportResponse = z.infer<typeof importResponseSchema>;

/** More than a screen, less than a megabyte. */
const maximumPage = 100;

export const runsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(maximumPage).default(20),
  before: z.guid().optional().meta({ description: "Id of a run: only earlier ones." }),
});

export const runsResponseSchema = z.object({
  runs: z.array(runSchema).meta({ description: "Newest first." }),
  next: z.string().nullable().meta({ description: "`before` of the next page; null at the end." }),
});
