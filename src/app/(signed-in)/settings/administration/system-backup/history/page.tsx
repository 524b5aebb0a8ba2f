import { HistoryPanel } from "@/features/system-backup/history/history-panel";

import { requireAdministrator } from "../../../../../guards";

export const metadata = { title: "History" };

export default async function HistoryPage() {
  await requireAdministrator();
  return <HistoryPanel />;
}
