import { classNames } from "@/components/ui/class-names";
import type { RunProgress } from "@/server/runs";

const phases = ["reading", "planning", "tables", "objects", "finishing"] as const satisfies readonly RunProgress["phase"][];

const labels: Readonly<Record<(typeof phases)[number], string>> = {
  reading: "Read",
  planning: "Compare",
  tables: "Write rows",
  objects: "Write files",
  finishing: "Finish",
};

/** Which part of an import is under way. */
export function PhaseSteps({ phase }: { phase: RunProgress["phase"] | undefined }) {
  const current = phases.findIndex((candidate) => candidate === phase);
  return (
    <ol aria-label="Parts of the import" className="grid grid-cols-5 gap-1.5 text-xs sm:text-[0.8125rem]">
      {phases.map((candidate, index) => (
        <li
          key={candidate}
          aria-current={index === current ? "step" : undefined}
          className={classNames(
            "border-t-4 pt-1.5",
            index < current && "border-success-solid",
            index === current && "border-accent font-medium",
            index > current && "border-line text-soft",
          )}
        >
          {labels[candidate]}
          {index < current && <span className="sr-only">, done</span>}
        </li>
      ))}
    </ol>
  );
}
