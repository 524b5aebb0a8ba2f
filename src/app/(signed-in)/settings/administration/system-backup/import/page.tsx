import { ImportPanel } from "@/features/system-backup/import/import-panel";

import { requireAdministrator } from "../../../../../guards";

export const metadata = { title: "Import" };

export default async function ImportPage() {
  await requireAdministrator();
  return <ImportPanel />;
}
