"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

import { tabClasses, tabListClasses } from "./tabs";

/** Tabs that are pages of their own: each has an address. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly { href: string; label: string }[] }) {
  const path = usePathname();
  return (
    <nav aria-label={label} className={tabListClasses}>
      {tabs.map(({ href, label: text }) => (
        <Link
          key={href}
          href={href}
          className={tabClasses}
          aria-current={path === href || path.startsWith(`${href}/`) ? "page" : undefined}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}
