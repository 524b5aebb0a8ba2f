import { formatDateTime } from "../format";

/**
 * A moment in UTC, as every log and every bundle has it.
 *
 * @param zone whether it says so itself; a column whose header says it need not
 */
export function Time({ value, zone = true }: { value: string; zone?: boolean }) {
  return (
    <time dateTime={value} title={value} className="tabular whitespace-nowrap">
      {zone ? formatDateTime(value) : formatDateTime(value).replace(/ UTC$/, "")}
    </time>
  );
}
