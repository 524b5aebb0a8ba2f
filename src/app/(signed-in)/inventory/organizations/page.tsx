import { PageHeader } from "@/components/ui/page-header";

import { requireSignedIn } from "../../../guards";

export const metadata = { title: "Organizations" };

export default async function OrganizationsPage() {
  await requireSignedIn();
  return <PageHeader title="Organizations" />;
}
