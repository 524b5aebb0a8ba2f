import { ShieldCheck } from "lucide-react";

import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";

import { severities, severityNames, severityTones } from "../inventory/words";
import { ShareList } from "./share-list";
import { sum } from "./sum";

export function VulnerabilitiesBySeverity({ counts }: { counts: Readonly<Record<string, number>> }) {
  return (
    <Card>
      <CardHeader title="Vulnerabilities by severity" />
      {sum(counts) === 0 ? (
        <EmptyState icon={ShieldCheck} title="No vulnerabilities" description="None were found, or none were imported yet." />
      ) : (
        <ShareList
          shares={severities.map((severity) => ({
            href: `/inventory/vulnerabilities?severity=${severity}`,
            label: severityNames[severity],
            count: counts[severity] ?? 0,
            tone: severityTones[severity],
          }))}
        />
      )}
    </Card>
  );
}
