import { requireAdministrator } from "../../../../../guards";

export const metadata = { title: "Import" };

export default async function ImportPage() {
  await requireAdministrator();
  return null;
}
