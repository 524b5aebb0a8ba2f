"use client";

import { Upload as UploadIcon } from "lucide-react";

import { formatBytes, formatCount, formatQuantity } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Card, CardBody } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";
import type { BundleSummary } from "@/bundle/browser";

import { Fact, Facts } from "../facts";
import { StepHeading } from "../step-heading";
import { describeOptions } from "../words/option-words";
import { problemWords } from "../words/problem-words";
import { uploads, type Upload } from "./upload";

type Ready = Extract<Upload, { step: "ready" }>;

/** A file that may be a bundle, as the browser sees it; before it is sent, or after that did not work. */
export function FileReady({ upload }: { upload: Ready }) {
  const { file, summary, failure } = upload;
  return (
    <div className="space-y-4">
      <StepHeading key={failure === null ? "chosen" : "failed"} takesFocus>
        {file.name}
      </StepHeading>
      <FailureOfUpload failure={failure} />
      <Card>
        <CardBody className="space-y-4">
          {summary === null ? <UnseenFile size={file.size} /> : <SeenFile size={file.size} summary={summary} />}
          <div className="flex flex-wrap gap-2">
            <Button look="primary" onClick={() => void uploads.send(file, summary)}>
              <UploadIcon aria-hidden className="size-4" />
              {failure === null ? "Upload and preview" : "Upload again"}
            </Button>
            <Button onClick={uploads.forget}>Choose another file</Button>
          </div>
          <p className="text-[0.8125rem] text-soft">A preview changes nothing. The upload is kept for an hour, then deleted.</p>
        </CardBody>
      </Card>
    </div>
  );
}

function SeenFile({ size, summary }: { size: number; summary: BundleSummary }) {
  const rows = Object.values(summary.tables).reduce((sum, count) => sum + count, 0);
  return (
    <Facts>
      <Fact name="Exported">
        <Time value={summary.created_at} />
      </Fact>
      <Fact name="By System Backup">
        {summary.application_version}, bundle format {summary.format_version}
      </Fact>
      <Fact name="Options">{describeOptions(summary.options)}</Fact>
      <Fact name="Holds">
        {formatQuantity(rows, "row")}, {formatQuantity(summary.objects.count, "file")} of {formatBytes(summary.objects.bytes)}
      </Fact>
      <Fact name="Assets">{formatCount(summary.tables.assets ?? 0)}</Fact>
      <Fact name="Size">{formatBytes(size)}</Fact>
    </Facts>
  );
}

function UnseenFile({ size }: { size: number }) {
  return (
    <Notice tone="info" title={`With ${formatBytes(size)} it is too large to be looked into here`}>
      It ends like a whole archive. The server looks at everything once it is uploaded.
    </Notice>
  );
}

function FailureOfUpload({ failure }: { failure: Ready["failure"] }) {
  if (failure === null) return null;
  if (failure === "cancelled") {
    return <Notice tone="info" title="The upload was cancelled. Nothing was kept or changed." role="status" />;
  }
  if (failure.end === "lost") {
    return (
      <Notice tone="danger" title="The connection was lost in the middle of the upload" role="alert">
        Nothing was kept or changed. Check the connection and upload the file again. If the file was changed or moved meanwhile, choose it
        again.
      </Notice>
    );
  }
  return (
    <Notice tone="danger" title="The upload was refused" role="alert">
      <p>{problemWords[failure.code]}</p>
      {failure.requestId !== undefined && failure.code === "internal" && (
        <p className="mt-1 text-[0.8125rem]">
          Request <code className="font-mono break-all">{failure.requestId}</code>
        </p>
      )}
    </Notice>
  );
}
