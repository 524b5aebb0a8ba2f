import type { Warning } from "@/backup";
import { formatQuantity } from "@/components/format";
import { Notice } from "@/components/ui/notice";

/** More than so many would push what matters off the screen. */
const shownAtOnce = 4;

/** Everything that was noticed and stops nothing. */
export function WarningList({ title, warnings }: { title: string; warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null;
  const isLong = warnings.length > shownAtOnce + 1;
  const first = isLong ? warnings.slice(0, shownAtOnce) : warnings;
  const rest = warnings.slice(first.length);
  return (
    <Notice tone="warning" title={`${title}: ${formatQuantity(warnings.length, "warning")}`}>
      <Messages warnings={first} />
      {rest.length > 0 && (
        <details className="mt-1">
          <summary className="cursor-pointer font-medium">{rest.length} more</summary>
          <div className="mt-1">
            <Messages warnings={rest} />
          </div>
        </details>
      )}
    </Notice>
  );
}

function Messages({ warnings }: { warnings: readonly Warning[] }) {
  return (
    <ul className="list-disc space-y-1 pl-4">
      {warnings.map((warning, index) => (
        <li key={index}>{warning.message}</li>
      ))}
    </ul>
  );
}
