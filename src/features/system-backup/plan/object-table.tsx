import type { ObjectCounts, Plan } from "@/backup";
import { formatBytes, formatCount } from "@/components/format";

const words: Readonly<Record<keyof ObjectCounts, { label: string; meaning: string }>> = {
  new: { label: "New", meaning: "in the bundle, not here" },
  same: { label: "The same", meaning: "in the bundle and here, byte for byte" },
  different: { label: "Different", meaning: "in the bundle and here, with other bytes" },
  missing: { label: "Missing", meaning: "not in the bundle; only their records travel" },
};

const order = ["new", "same", "different", "missing"] as const satisfies readonly (keyof ObjectCounts)[];

/** How the stored files that the bundle speaks of stand to those here, and what is done with them. */
export function ObjectTable({ objects, plan, done }: { objects: ObjectCounts; plan: Plan["objects"]; done: boolean }) {
  return (
    <div className="p-4">
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {order.map((kind) => (
          <div key={kind} className="rounded-md bg-sunken px-3 py-2.5">
            <dt className="text-[0.8125rem] font-medium">{words[kind].label}</dt>
            <dd>
              <span className="tabular block text-lg font-semibold">{formatCount(objects[kind])}</span>
              <span className="block text-xs text-soft">{words[kind].meaning}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-sm">{describeWrites(plan, done)}</p>
    </div>
  );
}

export function describeWrites({ write, replace, bytes }: Plan["objects"], done: boolean): string {
  if (write + replace === 0) return done ? "No file was written." : "No file would be written.";
  const parts = [
    ...(write > 0 ? [`${formatCount(write)} written`] : []),
    ...(replace > 0 ? [`${formatCount(replace)} written over`] : []),
  ];
  return `Files: ${parts.join(", ")}, ${formatBytes(bytes)} in all.`;
}
