import { redirect } from "next/navigation";

export default function SystemBackupPage() {
  redirect("/settings/administration/system-backup/export");
}
