"use client";

import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";

import { buttonClasses } from "./button";
import { classNames } from "./class-names";
import { useFocusReturn } from "./use-focus-return";

type Placement = "centre" | "roomy" | "wide" | "drawer" | "menu";

const placements: Readonly<Record<Placement, string>> = {
  centre: "top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-md -translate-1/2 rounded-lg border",
  roomy: "top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-xl -translate-1/2 rounded-lg border",
  wide: "top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-4xl -translate-1/2 rounded-lg border",
  drawer: "inset-y-0 right-0 w-full max-w-2xl border-l",
  menu: "inset-y-0 left-0 w-[calc(100vw-3rem)] max-w-72 border-r",
};

export interface DialogProps {
  open: boolean;
  /** Without it nothing closes the dialog but what is in it. */
  onOpenChange?: (open: boolean) => void;
  title: ReactNode;
  /** Read out with the title. */
  description?: ReactNode;
  placement?: Placement;
  dismissible?: boolean;
  /** Below what scrolls, always in sight. */
  footer?: ReactNode;
  children?: ReactNode;
}

/** Keeps the focus inside, closes with Escape, and gives the focus back to what opened it. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, placement = "centre", dismissible = true, footer, children } = props;
  const focusReturn = useFocusReturn();
  const stay = (event: Event) => {
    if (!dismissible) event.preventDefault();
  };
  const closeInnermost = (event: Event) => {
    stay(event);
    const menu = document.querySelector<HTMLElement>(":popover-open");
    if (menu === null) return;
    event.preventDefault();
    menu.hidePopover();
  };
  return (
    <Primitive.Root open={open} {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-overlay" />
        <Primitive.Content
          {...focusReturn}
          onEscapeKeyDown={closeInnermost}
          onPointerDownOutside={stay}
          onInteractOutside={stay}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          className={classNames(
            "fixed z-50 flex flex-col border-line bg-surface text-ink shadow-xl outline-none",
            placements[placement],
          )}
        >
          <header className="flex items-start justify-between gap-4 border-b border-line px-5 py-4">
            <div className="min-w-0">
              <Primitive.Title className="text-base font-semibold wrap-anywhere">{title}</Primitive.Title>
              {description !== undefined && (
                <Primitive.Description className="mt-1 text-sm text-soft">{description}</Primitive.Description>
              )}
            </div>
            {dismissible && (
              <Primitive.Close className={classNames(buttonClasses("ghost", "icon"), "-my-1 -mr-2")} aria-label="Close">
                <X aria-hidden className="size-4" />
              </Primitive.Close>
            )}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>
          )}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
