import { PageHeader } from "@/components/ui/page-header";
import { VulnerabilitiesView } from "@/features/inventory/vulnerabilities-view";

import { requireSignedIn } from "../../../guards";

export const metadata = { title: "Vulnerabilities" };

export default async function VulnerabilitiesPage() {
  await requireSignedIn();
  return (
    <>
      <PageHeader title="Vulnerabilities" />
      <VulnerabilitiesView />
    </>
  );
}
