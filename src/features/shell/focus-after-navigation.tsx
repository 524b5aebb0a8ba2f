"use client";

import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";

/** A link that goes away with its page takes the focus with it: then the new page has it. */
export function FocusAfterNavigation() {
  const path = usePathname();
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    if (document.activeElement === document.body) document.getElementById("main")?.focus({ preventScroll: true });
  }, [path]);
  return null;
}
