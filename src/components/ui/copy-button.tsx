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
  label?: string;
}

export function CopyButton({ text, what, label = "Copy", size = "small", look = "secondary" }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = window.setTimeout(() => setOutcome(null), shownMilliseconds);
    return () => window.clearTimeout(timer);
  }, [outcome]);
  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <>
      <Button size={size} look={look} onClick={() => void copy(text).then(setOutcome)}>
        <Icon aria-hidden className="size-3.5" />
        {outcome === null && (
          <>
            {label}
            {label === "Copy" && <span className="sr-only"> the {what}</span>}
          </>
        )}
        {outcome === "copied" && "Copied"}
        {outcome === "failed" && "Copying is not allowed here"}
      </Button>
      <LiveRegion message={outcome === null ? "" : `The ${what} ${outcome === "copied" ? "was" : "could not be"} copied.`} />
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
