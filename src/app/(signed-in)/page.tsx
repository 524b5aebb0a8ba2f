import { PageHeader } from "@/components/ui/page-header";

import { requireSignedIn } from "../guards";

export const metadata = { title: "Overview" };

export default async function OverviewPage() {
  await requireSignedIn();
  return <PageHeader title="Overview" />;
}
