import { Building2, FileText, Globe, ShieldAlert, type LucideIcon } from "lucide-react";
import Link from "next/link";

import { formatBytes, formatCount, formatQuantity } from "@/components/format";

import type { Outputs } from "../trpc/client";
import { sum } from "./sum";

type Holds = Outputs["overview"]["holds"];

export function Figures({ holds }: { holds: Holds }) {
  const open = (holds.vulnerabilities.critical ?? 0) + (holds.vulnerabilities.high ?? 0);
  return (
    <ul className="grid grid-cols-2 gap-4 xl:grid-cols-4">
      <Figure
        href="/inventory/organizations"
        icon={Building2}
        label="Organizations"
        value={formatCount(holds.organizations)}
        more={`${formatQuantity(holds.scopes, "scope")}, ${formatQuantity(holds.scans, "scan")}`}
      />
      <Figure
        href="/inventory/assets"
        icon={Globe}
        label="Assets"
        value={formatCount(sum(holds.assets))}
        more={`of ${formatQuantity(Object.keys(holds.assets).length, "type")}`}
      />
      <Figure
        href="/inventory/vulnerabilities"
        icon={ShieldAlert}
        label="Vulnerabilities"
        value={formatCount(sum(holds.vulnerabilities))}
        more={`${formatCount(open)} critical or high`}
      />
      <Figure
        href="/inventory/files"
        icon={FileText}
        label="Files"
        value={formatCount(holds.files.count)}
        more={formatBytes(Number(holds.files.bytes))}
      />
    </ul>
  );
}

function Figure(props: { href: string; icon: LucideIcon; label: string; value: string; more: string }) {
  const { href, icon: Icon, label, value, more } = props;
  return (
    <li>
      <Link href={href} className="block rounded-lg border border-line bg-surface p-4 hover:border-line-strong">
        <span className="flex items-center gap-2 text-[0.8125rem] text-soft">
          <Icon aria-hidden className="size-4" />
          {label}
        </span>
        <span className="tabular mt-1.5 block text-2xl font-semibold tracking-tight">{value}</span>
        <span className="mt-0.5 block text-[0.8125rem] text-soft">{more}</span>
      </Link>
    </li>
  );
}
