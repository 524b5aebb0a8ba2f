import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";

import { classNames } from "./class-names";
import { controlClasses } from "./input";

/** The browser's own list: it has every platform's keys, and a phone's wheel. */
export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <div className={classNames("relative", className)}>
      <select className={classNames(controlClasses, "appearance-none truncate pr-8 pl-3")} {...rest}>
        {children}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-soft" />
    </div>
  );
}
