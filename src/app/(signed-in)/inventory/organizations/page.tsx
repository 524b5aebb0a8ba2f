import { PageHeader } from "@/components/ui/page-header";
import { OrganizationsView } from "@/features/inventory/organizations-view";

import { requireSignedIn } from "../../../guards";

export const metadata = { title: "Organizations" };

export default async function OrganizationsPage() {
  await requireSignedIn();
  return (
    <>
      <PageHeader title="Organizations" />
      <OrganizationsView />
    </>
  );
}
