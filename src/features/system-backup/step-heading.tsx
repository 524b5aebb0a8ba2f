"use client";

import { useEffect, useRef, type ReactNode } from "react";

/** The heading of a step. Where the step follows from something that was done here, the focus goes to it. */
export function StepHeading({ takesFocus, children }: { takesFocus: boolean; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
  return (
    <h2 ref={heading} tabIndex={-1} className="text-base font-semibold wrap-anywhere outline-none">
      {children}
    </h2>
  );
}
