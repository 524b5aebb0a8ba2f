"use client";

import { ArrowLeft } from "lucide-react";
import Link from "next/link";

import { basePath } from "../base-path";
import { RunView } from "../run/run-view";

export function RunPage({ id }: { id: string }) {
  return (
    <div className="space-y-4">
      <Link href={`${basePath}/history`} className="inline-flex items-center gap-1.5 text-sm text-accent underline underline-offset-2">
        <ArrowLeft aria-hidden className="size-4" />
        All exports and imports
      </Link>
      <RunView key={id} id={id} takesFocus={false} />
    </div>
  );
}
