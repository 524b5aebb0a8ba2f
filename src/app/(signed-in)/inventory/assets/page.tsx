import { PageHeader } from "@/components/ui/page-header";
import { AssetsView } from "@/features/inventory/assets-view";

import { requireSignedIn } from "../../../guards";

export const metadata = { title: "Assets" };

export default async function AssetsPage() {
  await requireSignedIn();
  return (
    <>
      <PageHeader title="Assets" />
      <AssetsView />
    </>
  );
}
