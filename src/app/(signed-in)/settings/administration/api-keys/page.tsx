import { PageHeader } from "@/components/ui/page-header";

import { requireAdministrator } from "../../../../guards";

export const metadata = { title: "API keys" };

export default async function ApiKeysPage() {
  await requireAdministrator();
  return <PageHeader title="API keys" />;
}
