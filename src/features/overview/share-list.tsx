import Link from "next/link";

import { formatCount } from "@/components/format";
import { solidTones, type Tone } from "@/components/ui/tone";
import { classNames } from "@/components/ui/class-names";

export interface Share {
  href: string;
  label: string;
  count: number;
  tone: Tone;
}

/** How a whole is made up: each part with its number, and a bar beside it to compare at a glance. */
export function ShareList({ shares }: { shares: readonly Share[] }) {
  const largest = Math.max(1, ...shares.map(({ count }) => count));
  return (
    <ul className="flex flex-col py-2">
      {shares.map(({ href, label, count, tone }) => (
        <li key={label}>
          <Link
            href={href}
            className="grid grid-cols-[7.5rem_1fr_4.5rem] items-center gap-3 px-4 py-1.5 text-[0.8125rem] -outline-offset-2 hover:bg-sunken"
          >
            <span className="truncate">{label}</span>
            <span aria-hidden className="h-2 overflow-hidden rounded-full bg-sunken">
              <span
                className={classNames("block h-full min-w-0.5 rounded-full", solidTones[tone])}
                style={{ width: `${(count / largest) * 100}%` }}
              />
            </span>
            <span className="tabular text-right">{formatCount(count)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
