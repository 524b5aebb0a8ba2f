"use client";

import { useEffect, useRef, useState } from "react";

import { LiveRegion } from "@/components/ui/live-region";

/** How often progress is read out: often enough to know that it goes on, seldom enough to do something else. */
const quietMilliseconds = 10_000;

/** Reads progress out at once when its stage changes, else now and then. */
export function PoliteProgress({ stage, message }: { stage: string; message: string }) {
  const [spoken, setSpoken] = useState(message);
  const latest = useRef(message);
  useEffect(() => {
    latest.current = message;
  }, [message]);
  useEffect(() => {
    setSpoken(latest.current);
    const timer = window.setInterval(() => setSpoken(latest.current), quietMilliseconds);
    return () => window.clearInterval(timer);
  }, [stage]);
  return <LiveRegion message={spoken} />;
}
