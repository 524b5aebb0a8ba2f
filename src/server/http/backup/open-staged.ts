import { exportedTables } from "@/backup";
import { openBundle, type Bundle } from "@/bundle";

import { environment } from "../../env";
import type { StagedBundle } from "../../staging";

/** Tables that some bundle may have: users are exported, and known, but never imported. */
const knownTables = [...exportedTables.map(({ name }) => name), "users"];

/** @throws BundleError; the signal's reason */
export function openStaged(staged: StagedBundle, signal: AbortSignal): Promise<Bundle> {
  return openBundle(staged.path, { limits: { upload: environment().maxUploadBytes }, signal, knownTables });
}
