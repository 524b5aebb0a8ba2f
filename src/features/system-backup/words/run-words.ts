import type { Tone } from "@/components/ui/tone";
import type { RunProgress, RunRecord } from "@/server/runs";

import { modeWords } from "./mode-words";
import { describeOptions } from "./option-words";
import { wordsOf } from "./problem-words";
import { tableLabel } from "./table-words";

export const stateWords: Readonly<Record<RunRecord["state"], { label: string; tone: Tone }>> = {
  running: { label: "Running", tone: "info" },
  succeeded: { label: "Succeeded", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
  aborted: { label: "Stopped", tone: "warning" },
  interrupted: { label: "Interrupted", tone: "danger" },
};

export const kindWords: Readonly<Record<RunRecord["kind"], string>> = { export: "Export", import: "Import" };

const phaseWords: Readonly<Record<RunProgress["phase"], string>> = {
  receiving: "Waiting to begin",
  reading: "Reading the bundle",
  planning: "Comparing with what is here",
  tables: "Writing rows",
  objects: "Writing files",
  finishing: "Finishing",
};

const exportPhaseWords: Readonly<Record<RunProgress["phase"], string>> = {
  ...phaseWords,
  tables: "Exporting rows",
  objects: "Exporting files",
};

/** What a run does at this moment. */
export function describePhase(kind: RunRecord["kind"], { phase, table }: Pick<RunProgress, "phase" | "table">): string {
  const words = (kind === "export" ? exportPhaseWords : phaseWords)[phase];
  return table === null ? words : `${words}: ${tableLabel(table)}`;
}

/** What was asked for: an export's options or an import's mode. */
export function describeRequest(run: RunRecord): string {
  if (run.kind === "export") return describeOptions(run.options);
  const { conflict_mode: mode } = run.options;
  return mode === undefined ? "not yet known" : modeWords[mode].label;
}

/** Why a run did not succeed; null for one that did or still runs. */
export function describeEnding({ kind, state, error_code }: Pick<RunRecord, "kind" | "state" | "error_code">): string | null {
  switch (state) {
    case "running":
    case "succeeded":
      return null;
    case "interrupted":
      return kind === "export"
        ? "The application ended in the middle, by a crash or a power failure. What was downloaded is not a whole bundle; delete it."
        : "The application ended in the middle, by a crash or a power failure. Nothing was imported: what it had begun was taken back.";
    case "aborted":
    case "failed": {
      if (error_code !== null) return wordsOf(error_code);
      return kind === "export"
        ? "The download was cancelled or its connection broke. What was downloaded is not a whole bundle; delete it."
        : "Whoever sent the bundle left before the import was done. Nothing was changed.";
    }
  }
}
