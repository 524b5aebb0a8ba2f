import type { ReactNode } from "react";

import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";

const base = "/settings/administration/system-backup";

const tabs = [
  { href: `${base}/export`, label: "Export" },
  { href: `${base}/import`, label: "Import" },
  { href: `${base}/history`, label: "History" },
];

export default function SystemBackupLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <PageHeader
        title="System Backup"
        description="Moves what this installation knows into another one, in one file that you can look into before anything is written."
      />
      <LinkTabs label="System Backup" tabs={tabs} />
      <div className="pt-5">{children}</div>
    </>
  );
}
