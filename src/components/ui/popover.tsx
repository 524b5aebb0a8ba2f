import { useId, type ComponentProps, type ReactNode } from "react";

import { classNames } from "./class-names";

export interface PopoverProps {
  /** What the button that opens it looks like. */
  trigger: Omit<ComponentProps<"button">, "type">;
  /** Of the part that opens. */
  label: string;
  /** Where it opens; it is above everything else, so its place is one of the window. */
  className: string;
  children: ReactNode;
}

/** The browser's own: Escape and a click elsewhere close it, and the focus goes back to its button. */
export function Popover({ trigger, label, className, children }: PopoverProps) {
  const id = useId();
  return (
    <>
      <button type="button" popoverTarget={id} {...trigger} />
      <div
        id={id}
        popover="auto"
        role="group"
        aria-label={label}
        className={classNames(
          "fixed inset-auto m-0 rounded-md border border-line bg-surface p-1 text-sm text-ink shadow-lg",
          className,
        )}
      >
        {children}
      </div>
    </>
  );
}
