"use client";

import { useState, type ReactNode } from "react";

import type { Outputs } from "../../trpc/client";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { LiveRegion } from "@/components/ui/live-region";
import { Notice } from "@/components/ui/notice";
import { RadioGroup } from "@/components/ui/radio-group";

import { useAddress } from "../address";
import { BundleFacts } from "../plan/bundle-facts";
import { ObjectTable } from "../plan/object-table";
import { PlanTable } from "../plan/plan-table";
import { WarningList } from "../plan/warning-list";
import { StepHeading } from "../step-heading";
import { conflictModes, isConflictMode, modeWords } from "../words/mode-words";
import { describeWritten } from "./describe-written";
import { RowBrowser } from "./row-browser";
import { SettingsComparison } from "./settings-comparison";
import { StartImport } from "./start-import";
import { useExpiry } from "./use-expiry";

export interface PreviewViewProps {
  id: string;
  kept: Outputs["systemBackup"]["previews"]["get"];
  takesFocus: boolean;
  onStarted: (runId: string) => void;
  startAnew: ReactNode;
}

/** What importing the bundle would do, in each mode, before anything is done. */
export function PreviewView({ id, kept, takesFocus, onStarted, startAnew }: PreviewViewProps) {
  const { preview, settings_here } = kept;
  const address = useAddress();
  const wanted = address.get("mode");
  const mode = isConflictMode(wanted) ? wanted : "skip_existing";
  const [table, setTable] = useState<string | null>(null);
  const expiry = useExpiry(preview.expires_at);
  const plan = preview.plan?.[mode];
  if (plan === undefined || preview.objects === null) return <Notice tone="danger" title="This preview says nothing." role="alert" />;
  const start = <StartImport previewId={id} mode={mode} plan={plan} isExpired={expiry.isOver} onStarted={onStarted} />;
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <StepHeading takesFocus={takesFocus}>Preview</StepHeading>
          <p className="text-[0.8125rem] text-soft">Nothing has been written. {expiry.text}</p>
        </div>
        <div className="flex flex-wrap gap-2">{startAnew}</div>
      </div>
      {expiry.isOver && (
        <Notice tone="warning" title="This preview is over an hour old, and its upload was deleted" role="alert">
          What it said may no longer hold. Choose the file again to go on.
        </Notice>
      )}
      <Card>
        <CardHeader title="The bundle" />
        <CardBody>
          <BundleFacts bundle={preview.bundle} counts={preview.counts} />
        </CardBody>
      </Card>
      <WarningList title="The export said" warnings={preview.bundle.warnings} />
      <WarningList title="Importing here" warnings={preview.warnings} />
      <Card className="overflow-hidden">
        <CardHeader title="How to treat what is here already" />
        <CardBody>
          <RadioGroup
            label="How to treat what is here already"
            columns={3}
            value={mode}
            onValueChange={(chosen) => address.set({ mode: chosen }, "replace")}
            options={conflictModes.map((value) => ({ value, ...modeWords[value] }))}
          />
          <LiveRegion message={`${modeWords[mode].label}: ${describeWritten(plan)}`} />
        </CardBody>
      </Card>
      <Card className="overflow-hidden">
        <CardHeader title="What would happen, by table" description={describeWritten(plan)} actions={start} />
        <PlanTable label="What would happen with the rows of every table" tables={plan.tables} onLookInside={setTable} />
      </Card>
      <Card>
        <CardHeader title="Stored files" />
        <ObjectTable objects={preview.objects} plan={plan.objects} done={false} />
      </Card>
      <Card className="overflow-hidden">
        <CardHeader title="Settings" description="Shown for comparison. An import never changes settings." />
        <SettingsComparison imported={preview.settings} here={settings_here} />
      </Card>
      {table !== null && (
        <RowBrowser previewId={id} mode={mode} table={table} counts={plan.tables[table]} onClose={() => setTable(null)} />
      )}
    </div>
  );
}
