"use client";

import { useState } from "react";

import { Button } from "@/components/ui/button";

/** A screenful of one value hides all others. */
const longestShown = 240;

/** Text that is cut where it is very long, and shown whole on request. */
export function LongText({ text }: { text: string }) {
  const [isWhole, setIsWhole] = useState(false);
  if (text.length <= longestShown) return text;
  return (
    <>
      {isWhole ? text : `${text.slice(0, longestShown)}…`}{" "}
      <Button look="ghost" size="small" className="font-sans" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
        {isWhole ? "Less" : "Show all"}
      </Button>
    </>
  );
}
