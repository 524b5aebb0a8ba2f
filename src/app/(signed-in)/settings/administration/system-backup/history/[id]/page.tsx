import { RunPage } from "@/features/system-backup/history/run-page";

import { requireAdministrator } from "../../../../../../guards";

export const metadata = { title: "Run" };

export default async function HistoryEntryPage({ params }: { params: Promise<{ id: string }> }) {
  await requireAdministrator();
  const { id } = await params;
  return <RunPage id={id} />;
}
