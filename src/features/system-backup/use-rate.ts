"use client";

import { useEffect, useRef, useState } from "react";

/** Over so long a rate is an average: shorter jumps about, longer lags behind. */
const windowMilliseconds = 4_000;

/** As often as a person can read a changing figure; also what shows that nothing moves any more. */
const lookMilliseconds = 1_000;

/** How much a figure that only grows grows each second; null until that can be told. */
export function useRate(value: number): number | null {
  const latest = useRef(value);
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  useEffect(() => {
    const samples = [{ at: performance.now(), value: latest.current }];
    const look = () => {
      const now = { at: performance.now(), value: latest.current };
      // Sent anew, it counts anew.
      if ((samples.at(-1)?.value ?? 0) > now.value) samples.length = 0;
      samples.push(now);
      while (samples.length > 2 && (samples[0]?.at ?? 0) < now.at - windowMilliseconds) samples.shift();
      const [first = now] = samples;
      setRate(now.at === first.at ? null : ((now.value - first.value) / (now.at - first.at)) * 1000);
    };
    const timer = window.setInterval(look, lookMilliseconds);
    return () => window.clearInterval(timer);
  }, []);
  return rate;
}
