"use client";

import { usePathname, useSearchParams } from "next/navigation";

/** What a list shows stands in its address, so that it can be sent to somebody, reloaded and gone back to. */
export interface Address {
  get(name: string): string | null;
  /** Sets what is given, removes what is null, and leaves the rest. */
  change(changes: Readonly<Record<string, string | null>>, how?: "push" | "replace"): void;
}

export function useAddress(): Address {
  const parameters = useSearchParams();
  const path = usePathname();
  return {
    get: (name) => parameters.get(name),
    change: (changes, how = "push") => {
      // Of two changes in a row the second must know of the first.
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === null || value === "") next.delete(name);
        else next.set(name, value);
      }
      const address = next.size === 0 ? path : `${path}?${next.toString()}`;
      // Nothing of it concerns the server that makes pages.
      if (how === "push") window.history.pushState(null, "", address);
      else window.history.replaceState(null, "", address);
    },
  };
}

/** The page that an address names; the first where it names none. */
export function pageOf(address: Address): number {
  const text = address.get("page") ?? "";
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1;
}

/** An organization's id, where an address names one. */
export function organizationOf(address: Address): string | undefined {
  const text = address.get("organization") ?? "";
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : undefined;
}
