"use client";

import { useState } from "react";

import type { Address } from "./use-address";

/**
 * The row that an address names. While its drawer closes it is still the last one, so that
 * nothing is emptied before one's eyes. Null before the first.
 */
export function useRecordId(address: Address): string | null {
  const id = address.get("id");
  const [last, setLast] = useState(id);
  if (id !== null && id !== last) setLast(id);
  return id ?? last;
}
