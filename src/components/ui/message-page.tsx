import Link from "next/link";
import type { ReactNode } from "react";

import { buttonClasses } from "./button";

/** A page that has nothing to show but why. */
export function MessagePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-[60dvh] w-full max-w-md flex-col items-start justify-center gap-3 px-6">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <div className="text-sm text-soft">{children}</div>
      <Link href="/" className={buttonClasses("secondary")}>
        To the overview
      </Link>
    </div>
  );
}
