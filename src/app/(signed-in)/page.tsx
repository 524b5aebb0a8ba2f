import { PageHeader } from "@/components/ui/page-header";
import { Overview } from "@/features/overview/overview";

import { requireSignedIn } from "../guards";

export const metadata = { title: "Overview" };

export default async function OverviewPage() {
  const { role } = await requireSignedIn();
  return (
    <>
      <PageHeader title="Overview" description="What this installation holds." />
      <Overview isAdmin={role === "admin"} />
    </>
  );
}
