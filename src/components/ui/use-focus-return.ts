"use client";

import { useRef } from "react";

/** Radix gives the focus back to its own triggers only; dialogs here are opened by anything. */
export function useFocusReturn() {
  const opener = useRef<Element | null>(null);
  const place = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = document.activeElement;
      place.current = opener.current?.parentElement?.closest("[tabindex]") ?? null;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      // What was done in the dialog may have taken its opener away; then the list or page that it was in.
      const target = opener.current?.isConnected === true ? opener.current : place.current;
      if (target instanceof HTMLElement) target.focus();
    },
  };
}
