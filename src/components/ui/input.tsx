import type { ComponentProps } from "react";

import { classNames } from "./class-names";

export const controlClasses = classNames(
  "h-9 w-full rounded-md border border-line-strong bg-surface text-sm text-ink placeholder:text-soft",
  "aria-invalid:border-danger focus-visible:outline-offset-0 disabled:opacity-50",
);

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={classNames(controlClasses, "px-3", className)} {...rest} />;
}
