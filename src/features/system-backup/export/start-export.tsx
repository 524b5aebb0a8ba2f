"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";

import type { ExportOptions } from "@/bundle";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";

import { useTRPC } from "../../trpc/client";
import { FailureNotice } from "../failure-notice";
import { optionNames, optionWords } from "../words/option-words";
import { startDownload } from "./start-download";
import { EstimateCard } from "./estimate-card";
import { SizeWarning } from "./size-warning";

/** The same as those of a request that names none. */
const usualOptions: ExportOptions = {
  include_files: true,
  include_scan_history: true,
  include_settings: true,
  include_users: false,
};

export function StartExport({ onStarted }: { onStarted: (runId: string) => void }) {
  const trpc = useTRPC();
  const [options, setOptions] = useState(usualOptions);
  const estimate = useQuery(trpc.systemBackup.exports.estimate.queryOptions({}));
  const prepare = useMutation(
    trpc.systemBackup.exports.prepare.mutationOptions({
      onSuccess: ({ run_id }) => {
        startDownload(run_id);
        onStarted(run_id);
      },
    }),
  );
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <Card>
        <CardHeader
          title="What to export"
          description="Organizations with everything known about them are always in the bundle. Passwords, tokens, keys and other secrets never are."
        />
        <CardBody>
          <fieldset className="flex flex-col gap-4">
            <legend className="sr-only">What to export</legend>
            {optionNames.map((name) => (
              <Checkbox
                key={name}
                label={optionWords[name].label}
                description={optionWords[name].description}
                checked={options[name]}
                onCheckedChange={(checked) => setOptions({ ...options, [name]: checked })}
              />
            ))}
          </fieldset>
          <div className="mt-5 flex flex-col items-start gap-4">
            {estimate.data !== undefined && <SizeWarning estimate={estimate.data} options={options} />}
            <Button look="primary" pending={prepare.isPending} onClick={() => prepare.mutate(options)}>
              {!prepare.isPending && <Download aria-hidden className="size-4" />}
              Start the export
            </Button>
            {prepare.isError && <FailureNotice title="The export could not be started" error={prepare.error} />}
          </div>
        </CardBody>
      </Card>
      <EstimateCard estimate={estimate} options={options} />
    </div>
  );
}
