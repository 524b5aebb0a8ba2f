import type { ReactNode } from "react";

import { classNames } from "./class-names";
import { softTones, type Tone } from "./tone";

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1 rounded px-1.5 py-0.5 text-xs font-medium whitespace-nowrap",
        softTones[tone],
      )}
    >
      {children}
    </span>
  );
}
