import { ApiKeys } from "@/features/api-keys/api-keys";

import { requireAdministrator } from "../../../../guards";

export const metadata = { title: "API keys" };

export default async function ApiKeysPage() {
  await requireAdministrator();
  return <ApiKeys />;
}
