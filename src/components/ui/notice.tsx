import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { classNames } from "./class-names";
import { softTones } from "./tone";

type NoticeTone = "info" | "success" | "warning" | "danger";

const icons: Readonly<Record<NoticeTone, LucideIcon>> = {
  info: Info,
  success: CircleCheck,
  warning: TriangleAlert,
  danger: CircleAlert,
};

export interface NoticeProps {
  tone: NoticeTone;
  title: ReactNode;
  children?: ReactNode;
  /** Whether it is read out when it appears: `alert` at once, `status` when there is a pause. */
  role?: "alert" | "status";
}

export function Notice({ tone, title, children, role }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div role={role} className={classNames("flex gap-3 rounded-md px-3.5 py-3 text-sm", softTones[tone])}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium wrap-anywhere">{title}</p>
        {children !== undefined && <div className="mt-1 wrap-anywhere text-ink">{children}</div>}
      </div>
    </div>
  );
}
