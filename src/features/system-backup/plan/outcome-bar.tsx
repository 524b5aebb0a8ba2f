import type { RowCounts } from "@/backup";
import { classNames } from "@/components/ui/class-names";

import { outcomeFill, outcomes, rowsOf } from "./outcomes";

/** How a table's rows divide, at a glance. The numbers beside it say the same. */
export function OutcomeBar({ counts }: { counts: RowCounts }) {
  const rows = rowsOf(counts);
  return (
    <div aria-hidden className="flex h-3 min-w-24 gap-px overflow-hidden rounded-sm bg-sunken">
      {rows > 0 &&
        outcomes
          .filter((outcome) => counts[outcome] > 0)
          .map((outcome) => (
            <span
              key={outcome}
              className={classNames("min-w-[3px] transition-[flex-grow] duration-300", outcomeFill[outcome])}
              style={{ flexGrow: counts[outcome] / rows, flexBasis: 0 }}
            />
          ))}
    </div>
  );
}
