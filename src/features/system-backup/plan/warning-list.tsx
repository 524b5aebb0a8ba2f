import type { Warning } from "@/backup";
import { formatQuantity } from "@/components/format";
import { Notice } from "@/components/ui/notice";

/** Everything that was noticed and stops nothing. */
export function WarningList({ title, warnings }: { title: string; warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Notice tone="warning" title={`${title}: ${formatQuantity(warnings.length, "warning")}`}>
      <ul className="list-disc space-y-1 pl-4">
        {warnings.map((warning, index) => (
          <li key={index}>{warning.message}</li>
        ))}
      </ul>
    </Notice>
  );
}
