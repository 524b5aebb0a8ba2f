"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

import { classNames } from "@/components/ui/class-names";

import { navigationFor } from "./navigation-items";

export function Navigation({ role, onNavigate = () => undefined }: { role: "admin" | "member"; onNavigate?: () => void }) {
  const path = usePathname();
  return (
    <nav aria-label="Main" className="flex flex-col gap-5">
      {navigationFor(role).map(({ label, items }) => (
        <div key={label ?? ""}>
          {label !== null && <p className="px-2.5 pb-1.5 text-xs font-medium text-soft">{label}</p>}
          <ul className="flex flex-col gap-0.5">
            {items.map(({ href, label: text, icon: Icon }) => {
              const current = href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
              return (
                <li key={href}>
                  <Link
                    href={href}
                    aria-current={current ? "page" : undefined}
                    onClick={onNavigate}
                    className={classNames(
                      "flex items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm -outline-offset-2",
                      current ? "bg-accent-soft font-medium text-accent" : "text-ink hover:bg-sunken",
                    )}
                  >
                    <Icon aria-hidden className="size-4 shrink-0" />
                    {text}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
