"use client";

import { Progress as Primitive } from "radix-ui";

export interface ProgressProps {
  label: string;
  /** Between 0 and 1; null while nobody knows how much there is. */
  value: number | null;
}

export function Progress({ label, value }: ProgressProps) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <Primitive.Root
      value={percent}
      aria-label={label}
      className="relative h-2 overflow-hidden rounded-full bg-sunken inset-ring inset-ring-line"
    >
      {percent === null ? (
        <Primitive.Indicator className="absolute inset-y-0 left-0 w-1/3 animate-sweep rounded-full bg-accent" />
      ) : (
        <Primitive.Indicator
          className="h-full rounded-full bg-accent transition-[width] duration-200"
          style={{ width: `${percent}%` }}
        />
      )}
    </Primitive.Root>
  );
}
