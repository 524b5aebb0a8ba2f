"use client";

import { useEffect, useState } from "react";

import { formatDateTime } from "@/components/format";

/** Whether a preview's time is over, as soon as it is. @param expiresAt ISO 8601 */
export function useExpiry(expiresAt: string | null): { isOver: boolean; text: string } {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    if (expiresAt === null) return;
    const timer = window.setTimeout(() => setIsOver(true), Math.max(0, Date.parse(expiresAt) - Date.now()));
    return () => window.clearTimeout(timer);
  }, [expiresAt]);
  const text = expiresAt === null || isOver ? "" : `The upload is kept until ${formatDateTime(expiresAt)}.`;
  return { isOver, text };
}
