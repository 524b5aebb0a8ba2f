import { Globe } from "lucide-react";

import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";

import { assetTypeNames, nameOf } from "../inventory/words";
import { ShareList } from "./share-list";

export function AssetsByType({ counts }: { counts: Readonly<Record<string, number>> }) {
  const shares = Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([type, count]) => ({
      href: `/inventory/assets?type=${type}`,
      label: nameOf(assetTypeNames, type),
      count,
      tone: "info" as const,
    }));
  return (
    <Card>
      <CardHeader title="Assets by type" />
      {shares.length === 0 ? (
        <EmptyState icon={Globe} title="No assets yet" description="They come with a scan, or with an import." />
      ) : (
        <ShareList shares={shares} />
      )}
    </Card>
  );
}
