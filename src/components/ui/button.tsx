import type { ComponentProps } from "react";

import { classNames } from "./class-names";
import { Spinner } from "./spinner";

type Look = "primary" | "secondary" | "ghost" | "danger";
type Size = "medium" | "small" | "icon";

const looks: Readonly<Record<Look, string>> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-line-strong bg-surface text-ink hover:bg-sunken",
  ghost: "text-ink hover:bg-sunken",
  danger: "border border-danger bg-surface text-danger hover:bg-danger-soft",
};

const sizes: Readonly<Record<Size, string>> = {
  medium: "h-9 gap-2 px-3.5 text-sm",
  small: "h-8 gap-1.5 px-2.5 text-[0.8125rem]",
  icon: "size-9 justify-center",
};

/** For what looks like a button and is a link. */
export function buttonClasses(look: Look = "secondary", size: Size = "medium"): string {
  return classNames(
    "inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap select-none",
    "disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50",
    looks[look],
    sizes[size],
  );
}

export type ButtonProps = ComponentProps<"button"> & {
  look?: Look;
  size?: Size;
  /** Something it started is under way: it cannot be pressed again, but keeps the focus. */
  pending?: boolean;
};

export function Button({ look, size, pending = false, className, type = "button", onClick, children, ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      onClick={pending ? (event) => event.preventDefault() : onClick}
      className={classNames(buttonClasses(look, size), className)}
      {...rest}
    >
      {pending && <Spinner />}
      {children}
    </button>
  );
}
