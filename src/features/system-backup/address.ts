"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";

/** What a view shows stands in its address, so that leaving and coming back, or sending it to somebody, shows the same. */
export function useAddress() {
  const parameters = useSearchParams();
  const set = useCallback((changes: Readonly<Record<string, string | null>>, how: "push" | "replace" = "push") => {
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    const search = next.size === 0 ? "" : `?${next.toString()}`;
    // Next hears of it, and asks the server for nothing.
    window.history[how === "push" ? "pushState" : "replaceState"](null, "", `${window.location.pathname}${search}`);
  }, []);
  return useMemo(() => ({ get: (name: string) => parameters.get(name), set }), [parameters, set]);
}
