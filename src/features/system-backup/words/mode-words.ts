import type { ConflictMode } from "@/backup";

export const modeWords: Readonly<Record<ConflictMode, { label: string; description: string }>> = {
  skip_existing: {
    label: "Skip what exists",
    description: "Inserts what is new. What is here already stays exactly as it is.",
  },
  merge: {
    label: "Merge",
    description: "Inserts what is new and updates what is here with the imported values, files included.",
  },
  overwrite_metadata_only: {
    label: "Overwrite metadata only",
    description: "Inserts what is new. Of what is here, only descriptions, tags and other metadata take the imported values.",
  },
};

export const conflictModes: readonly ConflictMode[] = ["skip_existing", "merge", "overwrite_metadata_only"];

export function isConflictMode(text: string | null): text is ConflictMode {
  return conflictModes.some((mode) => mode === text);
}
