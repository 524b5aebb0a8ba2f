import type { ComponentProps, ReactNode } from "react";

import { classNames } from "./class-names";

/** Scrolls sideways by itself, with the keyboard too, where it is wider than its place: `relative` keeps hidden text in it. */
export function Table({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className="relative overflow-x-auto rounded-[inherit] -outline-offset-2">
      <table className={classNames("w-full border-collapse text-left text-[0.8125rem]", className)}>
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead className="border-b border-line text-xs text-soft">
      <tr>{children}</tr>
    </thead>
  );
}

export function TableBody({ children }: { children: ReactNode }) {
  return <tbody className="divide-y divide-line">{children}</tbody>;
}

export function TableRow({ className, ...rest }: ComponentProps<"tr">) {
  return <tr className={classNames("hover:bg-sunken/60", className)} {...rest} />;
}

type CellProps = { numeric?: boolean };

export function HeaderCell({ numeric = false, className, ...rest }: ComponentProps<"th"> & CellProps) {
  return (
    <th
      scope="col"
      className={classNames("px-3 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4", numeric && "text-right", className)}
      {...rest}
    />
  );
}

export function Cell({ numeric = false, className, ...rest }: ComponentProps<"td"> & CellProps) {
  return <td className={classNames("px-3 py-2 align-middle first:pl-4 last:pr-4", numeric && "tabular text-right", className)} {...rest} />;
}
