import type { ConflictMode, ConflictRule } from "./mode";
import { merge } from "./merge";
import { overwriteMetadataOnly } from "./overwrite-metadata-only";
import { skipExisting } from "./skip-existing";

export const conflictRules: { readonly [Mode in ConflictMode]: ConflictRule } = {
  skip_existing: skipExisting,
  merge,
  overwrite_metadata_only: overwriteMetadataOnly,
};
