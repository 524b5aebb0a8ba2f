"use client";

import { useEffect, useState } from "react";

import { formatSeconds } from "./duration";

/** How long ago something began, by whole seconds. @param since ISO 8601 */
export function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  // The two clocks may differ.
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  return <span className="tabular">{formatSeconds(seconds)}</span>;
}
