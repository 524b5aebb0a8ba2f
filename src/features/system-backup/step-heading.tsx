"use client";

import { useEffect, useRef } from "react";

export interface StepHeadingProps {
  /** The step follows from something that was done here. */
  takesFocus: boolean;
  children: string;
}

/**
 * The heading of a step, which takes the focus whenever it says something new. Where the step follows from nothing that
 * was done here, only if the focus was on something that went away with the step before.
 */
export function StepHeading({ takesFocus, children }: StepHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const said = useRef<string | null>(null);
  useEffect(() => {
    if (said.current === children) return;
    const isLost = said.current !== null && document.activeElement === document.body;
    said.current = children;
    if (takesFocus || isLost) heading.current?.focus();
  }, [takesFocus, children]);
  return (
    <h2 ref={heading} tabIndex={-1} className="text-base font-semibold wrap-anywhere outline-none">
      {children}
    </h2>
  );
}
