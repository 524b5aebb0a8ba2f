import { formatDateTime } from "../format";

/** A moment in UTC, as every log and every bundle has it. */
export function Time({ value }: { value: string }) {
  return (
    <time dateTime={value} title={value} className="tabular whitespace-nowrap">
      {formatDateTime(value)}
    </time>
  );
}
