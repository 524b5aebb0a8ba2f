import type { ReactNode } from "react";

import { classNames } from "./class-names";

export function Card({ className, children }: { className?: string; children: ReactNode }) {
  return <section className={classNames("rounded-lg border border-line bg-surface", className)}>{children}</section>;
}

export function CardHeader({ title, description, actions }: { title: ReactNode; description?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-3">
      <div className="min-w-0">
        <h2 className="text-sm font-semibold wrap-anywhere">{title}</h2>
        {description !== undefined && <p className="mt-0.5 text-[0.8125rem] text-soft">{description}</p>}
      </div>
      {actions}
    </header>
  );
}

export function CardBody({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={classNames("p-4", className)}>{children}</div>;
}
