"use client";

import { AlertDialog } from "radix-ui";
import type { ReactNode } from "react";

import { Button, buttonClasses } from "./button";
import { useFocusReturn } from "./use-focus-return";

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, in full: it is read out with the title. */
  description: ReactNode;
  confirm: string;
  look?: "primary" | "danger";
  pending?: boolean;
  /** The dialog stays until `onOpenChange` or `open` closes it. */
  onConfirm: () => void;
  children?: ReactNode;
}

/** A question whose safe answer has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, description, confirm, look = "primary", pending = false, onConfirm, children } = props;
  const focusReturn = useFocusReturn();
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-overlay" />
        <AlertDialog.Content
          {...focusReturn}
          className="fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-1/2 flex-col rounded-lg border border-line bg-surface text-ink shadow-xl outline-none"
        >
          <div className="min-h-0 overflow-y-auto px-5 py-4">
            <AlertDialog.Title className="text-base font-semibold wrap-anywhere">{title}</AlertDialog.Title>
            <AlertDialog.Description asChild>
              <div className="mt-2 text-sm wrap-anywhere text-soft">{description}</div>
            </AlertDialog.Description>
            {children}
          </div>
          <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
            <AlertDialog.Cancel className={buttonClasses("secondary")}>Cancel</AlertDialog.Cancel>
            <Button look={look} pending={pending} onClick={onConfirm}>
              {confirm}
            </Button>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
