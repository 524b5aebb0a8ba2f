import { Check } from "lucide-react";

import { formatCount } from "@/components/format";
import { Progress } from "@/components/ui/progress";

import { tableLabel } from "../words/table-words";

export interface Step {
  name: string;
  /** How much there is of it; null where nobody knows. */
  total: number | null;
  done: number;
  state: "waiting" | "running" | "done";
}

/** One line for each table, and one for the files: what is done, what is under way, what is to come. */
export function TableProgress({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <ol aria-label={label} className="divide-y divide-line text-[0.8125rem]">
      {steps.map((step) => (
        <li key={step.name} className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 px-4 py-2 sm:grid-cols-[12rem_1fr_10rem]">
          <span className={step.state === "waiting" ? "text-soft" : "font-medium"}>{tableLabel(step.name)}</span>
          <span className="order-last col-span-2 sm:order-none sm:col-span-1">
            {step.state === "running" && <Progress label={tableLabel(step.name)} value={fractionOf(step)} />}
          </span>
          <span className="tabular flex items-center justify-end gap-1.5 text-soft">
            {step.state === "done" && <Check aria-label="done" className="size-3.5 text-success" />}
            {figuresOf(step)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function fractionOf({ done, total }: Step): number | null {
  return total === null || total === 0 || done === 0 ? null : done / total;
}

function figuresOf({ done, total, state }: Step): string {
  if (state === "running" && total !== null) return `${formatCount(Math.min(done, total))} of ${formatCount(total)}`;
  return formatCount(total ?? done);
}
