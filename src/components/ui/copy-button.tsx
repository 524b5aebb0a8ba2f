"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { Button, type ButtonProps } from "./button";
import { LiveRegion } from "./live-region";

/** Long enough to be read. */
const shownMilliseconds = 2_500;

export interface CopyButtonProps extends Pick<ButtonProps, "size" | "look"> {
  text: string;
  /** What is copied, for example "key". */
  what: string;
}

export function CopyButton({ text, what, size = "small", look = "secondary" }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = window.setTimeout(() => setOutcome(null), shownMilliseconds);
    return () => window.clearTimeout(timer);
  }, [outcome]);
  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <>
      <Button size={size} look={look} aria-label={`Copy the ${what}`} onClick={() => void copy(text).then(setOutcome)}>
        <Icon aria-hidden className="size-3.5" />
        {outcome === null ? "Copy" : outcome === "copied" ? "Copied" : "Select it and press Ctrl+C"}
      </Button>
      <LiveRegion message={outcome === "copied" ? `The ${what} was copied.` : ""} />
    </>
  );
}

async function copy(text: string): Promise<"copied" | "failed"> {
  try {
    // Browsers have it over TLS and on the same machine only.
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    return "failed";
  }
}
