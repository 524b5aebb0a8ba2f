"use client";

import { useState } from "react";

import type { ConflictMode, RowCounts } from "@/backup";
import { formatCount } from "@/components/format";
import { Dialog } from "@/components/ui/dialog";
import { Tabs } from "@/components/ui/tabs";

import { modeWords } from "../words/mode-words";
import { tableLabel } from "../words/table-words";
import { RowPages } from "./row-pages";
import type { RowKind } from "./rows/row-kind";

export interface RowBrowserProps {
  previewId: string;
  mode: ConflictMode;
  table: string;
  counts: RowCounts | undefined;
  onClose: () => void;
}

const kinds: readonly { kind: RowKind; label: string }[] = [
  { kind: "insert", label: "New" },
  { kind: "update", label: "Updated" },
  { kind: "remapped", label: "Under another id" },
  { kind: "conflict", label: "In conflict" },
];

/** A look at the rows of one table, by what would happen to them. */
export function RowBrowser({ previewId, mode, table, counts, onClose }: RowBrowserProps) {
  const present = kinds.filter(({ kind }) => (counts?.[kind] ?? 0) > 0);
  const [chosen, setChosen] = useState<string>(present[0]?.kind ?? "insert");
  return (
    <Dialog
      open
      placement="wide"
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Inside ${tableLabel(table)}`}
      description={`What would happen to its rows in the mode “${modeWords[mode].label}”.`}
    >
      <Tabs
        label="Kinds of rows"
        value={chosen}
        onValueChange={setChosen}
        tabs={present.map(({ kind, label }) => ({
          value: kind,
          label: `${label} (${formatCount(counts?.[kind] ?? 0)})`,
          content: <RowPages previewId={previewId} mode={mode} table={table} kind={kind} />,
        }))}
      />
    </Dialog>
  );
}
