"use client";

import { useEffect, useRef, useState } from "react";

/** Over so long a rate is an average: shorter jumps about, longer lags behind. */
const windowMilliseconds = 4_000;

/** How much a figure that only grows grows each second; null until that can be told. */
export function useRate(value: number): number | null {
  const samples = useRef<{ at: number; value: number }[]>([]);
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    const now = performance.now();
    const known = samples.current;
    // Another table or phase counts anew.
    if ((known.at(-1)?.value ?? 0) > value) known.length = 0;
    known.push({ at: now, value });
    while (known.length > 2 && (known[0]?.at ?? now) < now - windowMilliseconds) known.shift();
    const [first] = known;
    const seconds = first === undefined ? 0 : (now - first.at) / 1000;
    setRate(first === undefined || seconds < 0.5 ? null : (value - first.value) / seconds);
  }, [value]);
  return rate;
}
