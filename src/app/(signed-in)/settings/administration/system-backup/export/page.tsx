import { requireAdministrator } from "../../../../../guards";

export const metadata = { title: "Export" };

export default async function ExportPage() {
  await requireAdministrator();
  return null;
}
