import { ExportPanel } from "@/features/system-backup/export/export-panel";

import { requireAdministrator } from "../../../../../guards";

export const metadata = { title: "Export" };

export default async function ExportPage() {
  await requireAdministrator();
  return <ExportPanel />;
}
