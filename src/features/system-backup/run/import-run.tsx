"use client";

import type { Plan } from "@/backup";
import { formatBytes } from "@/components/format";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";

import { Fact, Facts } from "../facts";
import { ObjectTable } from "../plan/object-table";
import { PlanTable } from "../plan/plan-table";
import { WarningList } from "../plan/warning-list";
import { PoliteProgress } from "../polite";
import { modeWords } from "../words/mode-words";
import { describePhase } from "../words/run-words";
import { differencesOf } from "./differences";
import { Elapsed } from "./elapsed";
import { PhaseSteps } from "./phase-steps";
import { stepsOf } from "./steps";
import { StopButton } from "./stop-button";
import { TableProgress } from "./table-progress";
import { usePreviewOf, type Run } from "./use-run";

export type ImportRun = Extract<Run, { kind: "import" }>;

/** An import while it runs. */
export function ImportProgress({ run }: { run: ImportRun }) {
  const { progress, options } = run;
  const preview = usePreviewOf(run);
  const plan = options.conflict_mode === undefined ? undefined : preview?.plan?.[options.conflict_mode];
  const phase = progress === null ? "Waiting for the server" : describePhase("import", progress);
  return (
    <Card>
      <CardHeader
        title={phase}
        description="You can leave this page: the import goes on, and coming back shows it. Whatever fails, this installation is then as it was before."
        actions={<StopButton id={run.id} kind="import" />}
      />
      <CardBody className="space-y-4">
        <PhaseSteps phase={progress?.phase} />
        <Facts>
          <Fact name="Mode">{options.conflict_mode === undefined ? "not yet known" : modeWords[options.conflict_mode].label}</Fact>
          <Fact name="Files written">{formatBytes(progress?.phase === "objects" ? progress.bytes : 0)}</Fact>
          <Fact name="Running for">
            <Elapsed since={run.started_at} />
          </Fact>
        </Facts>
        <PoliteProgress stage={`${progress?.phase ?? ""} ${progress?.table ?? ""}`} message={`${phase}.`} />
      </CardBody>
      {plan !== undefined && (
        <div className="border-t border-line">
          <TableProgress
            label="Progress by table"
            steps={stepsOf(progress, writesOf(plan), plan.objects.write + plan.objects.replace)}
          />
        </div>
      )}
    </Card>
  );
}

/** What an import did, in the picture of its preview. */
export function ImportResult({ run }: { run: ImportRun }) {
  if (run.counts === null) return null;
  const { plan, objects } = run.counts;
  return (
    <>
      <Comparison run={run} />
      <WarningList title="Good to know" warnings={run.warnings} />
      <Card className="overflow-hidden">
        <CardHeader title="What was done, by table" />
        <PlanTable label="What was done with the rows of every table" tables={plan.tables} />
      </Card>
      <Card>
        <CardHeader title="Stored files" />
        <ObjectTable objects={objects} plan={plan.objects} done />
      </Card>
    </>
  );
}

function Comparison({ run }: { run: ImportRun }) {
  const preview = usePreviewOf(run);
  const { counts, options } = run;
  const said = options.conflict_mode === undefined ? undefined : preview?.plan?.[options.conflict_mode];
  if (counts === null || said === undefined || !preview?.objects) return null;
  const differences = differencesOf({ plan: said, objects: preview.objects }, counts);
  if (differences.length === 0) {
    return <Notice tone="success" title="The import did exactly what the preview said." />;
  }
  return (
    <Notice tone="warning" title="The import did something else than the preview said">
      <ul className="list-disc space-y-1 pl-4">
        {differences.map((difference) => (
          <li key={difference}>{difference}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** How many rows of each table are written. */
function writesOf(plan: Plan): { name: string; total: number }[] {
  return Object.entries(plan.tables).map(([name, { insert, update }]) => ({ name, total: insert + update }));
}
