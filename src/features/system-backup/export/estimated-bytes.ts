import type { ExportOptions } from "@/bundle";
import { formatBytes } from "@/components/format";

import type { Outputs } from "../../trpc/client";
import { isSelected } from "../words/option-words";

export type Estimate = Outputs["systemBackup"]["exports"]["estimate"];

/** What a bundle with these options will have, about. */
export function estimatedBytes({ tables, objects }: Estimate, options: ExportOptions): number {
  const rows = tables.filter(({ only_with }) => isSelected(only_with, options)).reduce((sum, { bytes }) => sum + bytes, 0);
  return rows + (options.include_files ? objects.bytes : 0);
}

export function describeSize(bytes: number): string {
  return bytes < 1000 ? "less than 1 kB" : `about ${formatBytes(bytes)}`;
}
