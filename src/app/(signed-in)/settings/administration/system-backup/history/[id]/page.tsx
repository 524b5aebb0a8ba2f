import { requireAdministrator } from "../../../../../../guards";

export const metadata = { title: "Run" };

export default async function RunPage() {
  await requireAdministrator();
  return null;
}
