import type { RowSample } from "@/backup";
import { formatCount } from "@/components/format";

import { LongText } from "../../long-text";

/** Updates field by field: what is here beside what it becomes. */
export function ChangedRows({ rows }: { rows: readonly RowSample[] }) {
  return (
    <ol className="space-y-3">
      {rows.map((row) => (
        <li key={row.row} className="overflow-hidden rounded-md border border-line">
          <p className="flex flex-wrap gap-x-3 border-b border-line bg-sunken px-3 py-1.5 text-xs">
            <span className="tabular text-soft">Row {formatCount(row.row)}</span>
            <code className="font-mono break-all">{row.target_id ?? row.id}</code>
            {row.target_id !== null && row.target_id !== row.id && (
              <span className="text-soft">
                in the bundle <code className="font-mono break-all">{row.id}</code>
              </span>
            )}
          </p>
          <table className="w-full table-fixed border-collapse text-left text-xs">
            <caption className="sr-only">Changes of row {row.row}</caption>
            <thead className="text-soft">
              <tr>
                <th scope="col" className="w-1/3 sm:w-1/4 px-3 py-1.5 font-medium">
                  Field
                </th>
                <th scope="col" className="px-3 py-1.5 font-medium">
                  Here now
                </th>
                <th scope="col" className="px-3 py-1.5 font-medium">
                  Afterwards
                </th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {row.changes.map(({ column, here, imported }) => (
                <tr key={column} className="align-top">
                  <th scope="row" className="px-3 py-1.5 font-mono font-medium break-words">
                    {column}
                  </th>
                  <td className="bg-danger-soft px-3 py-1.5 break-words">
                    <ChangedValue text={here} />
                  </td>
                  <td className="bg-success-soft px-3 py-1.5 break-words">
                    <ChangedValue text={imported} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </li>
      ))}
    </ol>
  );
}

function ChangedValue({ text }: { text: string | null }) {
  if (text === null || text === "") return <span className="italic">{text === null ? "null" : "empty"}</span>;
  return <LongText text={text} />;
}
