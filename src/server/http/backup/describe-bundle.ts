import type { Manifest } from "@/bundle";

import type { StagedBundle } from "../../staging";
import type { BundleDescription } from "./schemas";

/** Without a manifest (the bundle could not be opened) only what the upload itself says. */
export function describeBundle({ sha256, size }: StagedBundle, manifest: Manifest | undefined): BundleDescription {
  return {
    sha256,
    size,
    format_version: manifest?.format_version ?? null,
    created_at: manifest?.created_at ?? null,
    application_version: manifest?.application_version ?? null,
    options: manifest?.options ?? null,
    warnings: manifest?.warnings ?? [],
  };
}
