import type { ReactNode } from "react";

import { requireAdministrator } from "../../../guards";

export default async function AdministrationLayout({ children }: { children: ReactNode }) {
  await requireAdministrator();
  return children;
}
