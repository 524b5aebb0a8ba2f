import { ChevronLeft, ChevronRight } from "lucide-react";

import { formatCount } from "../format";
import { Button } from "./button";

export interface PaginationProps {
  /** What is counted, for example "assets". */
  label: string;
  /** From 1. */
  page: number;
  pageSize: number;
  total: number;
  onPageChange: (page: number) => void;
}

export function Pagination({ label, page, pageSize, total, onPageChange }: PaginationProps) {
  const pages = Math.max(1, Math.ceil(total / pageSize));
  const first = total === 0 ? 0 : (page - 1) * pageSize + 1;
  const last = Math.min(total, page * pageSize);
  return (
    <nav
      aria-label={`Pages of ${label}`}
      className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-2.5 text-[0.8125rem] text-soft"
    >
      <p aria-live="polite" className="tabular">
        {formatCount(first)}–{formatCount(last)} of {formatCount(total)} {label}
      </p>
      <div className="flex items-center gap-2">
        <Button size="small" disabled={page <= 1} onClick={() => onPageChange(page - 1)}>
          <ChevronLeft aria-hidden className="size-4" />
          Previous
        </Button>
        <span className="tabular px-1">
          Page {formatCount(page)} of {formatCount(pages)}
        </span>
        <Button size="small" disabled={page >= pages} onClick={() => onPageChange(page + 1)}>
          Next
          <ChevronRight aria-hidden className="size-4" />
        </Button>
      </div>
    </nav>
  );
}
