import type { RowCounts } from "@/backup";
import { formatCount } from "@/components/format";
import { classNames } from "@/components/ui/class-names";

import { outcomeFill, outcomes, outcomeWords } from "./outcomes";

/** What the colours of the bars mean, with the sums of all tables. */
export function OutcomeLegend({ total }: { total: RowCounts }) {
  return (
    <ul aria-label="Rows of all tables" className="flex flex-wrap gap-x-5 gap-y-2 text-[0.8125rem]">
      {outcomes.map((outcome) => (
        <li key={outcome} className="flex items-baseline gap-1.5">
          <span aria-hidden className={classNames("size-2.5 self-center rounded-sm", outcomeFill[outcome])} />
          <span className="tabular font-semibold">{formatCount(total[outcome])}</span>
          <span>{outcomeWords[outcome].label.toLowerCase()}</span>
          <span className="text-soft">– {outcomeWords[outcome].meaning}</span>
        </li>
      ))}
      <li className="flex items-baseline gap-1.5">
        <span className="tabular font-semibold">{formatCount(total.remapped)}</span>
        <span>of them under another id</span>
        <span className="text-soft">– the same thing here has an id of its own, which stays</span>
      </li>
    </ul>
  );
}
