import { Badge } from "@/components/ui/badge";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";
import type { Tone } from "@/components/ui/tone";

import { LongText } from "../long-text";

type Settings = Readonly<Record<string, unknown>>;

/** The settings that the bundle carries beside those of this installation. */
export function SettingsComparison({ imported, here }: { imported: Settings | null; here: Settings }) {
  if (imported === null) return <p className="p-4 text-sm text-soft">The bundle was exported without settings.</p>;
  const keys = [...new Set([...Object.keys(imported), ...Object.keys(here)])].sort();
  if (keys.length === 0) return <p className="p-4 text-sm text-soft">There are none, neither in the bundle nor here.</p>;
  return (
    <Table label="Settings in the bundle and here">
      <TableHead>
        <HeaderCell>Setting</HeaderCell>
        <HeaderCell>In the bundle</HeaderCell>
        <HeaderCell>Here</HeaderCell>
        <HeaderCell>
          <span className="sr-only">Comparison</span>
        </HeaderCell>
      </TableHead>
      <TableBody>
        {keys.map((key) => {
          const [inBundle, inPlace] = [textOf(imported, key), textOf(here, key)];
          const { label, tone } = compare(inBundle, inPlace);
          return (
            <TableRow key={key}>
              <th scope="row" className="min-w-40 px-4 py-2 font-medium break-words">
                {key}
              </th>
              <Value text={inBundle} />
              <Value text={inPlace} />
              <Cell>
                <Badge tone={tone}>{label}</Badge>
              </Cell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

function Value({ text }: { text: string | null }) {
  return (
    <Cell className="max-w-96 min-w-32 font-mono text-xs break-all">
      {text === null ? <span className="text-soft">not set</span> : <LongText text={text} />}
    </Cell>
  );
}

function compare(imported: string | null, here: string | null): { label: string; tone: Tone } {
  if (imported === here) return { label: "the same", tone: "neutral" };
  if (here === null) return { label: "only in the bundle", tone: "info" };
  if (imported === null) return { label: "only here", tone: "neutral" };
  return { label: "different", tone: "warning" };
}

function textOf(settings: Settings, key: string): string | null {
  return Object.hasOwn(settings, key) ? JSON.stringify(sorted(settings[key])) : null;
}

/** The order of an object's members says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]));
}
