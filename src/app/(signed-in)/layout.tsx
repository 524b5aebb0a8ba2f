import type { ReactNode } from "react";

import { AppShell } from "@/features/shell/app-shell";

import { requireSignedIn } from "../guards";

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const { email, displayName, role } = await requireSignedIn();
  return <AppShell user={{ email, displayName, role }}>{children}</AppShell>;
}
