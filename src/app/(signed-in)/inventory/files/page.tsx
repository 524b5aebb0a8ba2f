import { PageHeader } from "@/components/ui/page-header";
import { FilesView } from "@/features/inventory/files-view";

import { requireSignedIn } from "../../../guards";

export const metadata = { title: "Files" };

export default async function FilesPage() {
  await requireSignedIn();
  return (
    <>
      <PageHeader title="Files" />
      <FilesView />
    </>
  );
}
