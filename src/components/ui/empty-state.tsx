import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export function EmptyState(props: { icon: LucideIcon; title: string; description?: ReactNode; action?: ReactNode }) {
  const { icon: Icon, title, description, action } = props;
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <span className="mb-3 rounded-full bg-sunken p-3 text-soft">
        <Icon aria-hidden className="size-5" />
      </span>
      <p className="text-sm font-medium">{title}</p>
      {description !== undefined && <p className="mt-1 max-w-sm text-sm text-soft">{description}</p>}
      {action !== undefined && <div className="mt-4">{action}</div>}
    </div>
  );
}
