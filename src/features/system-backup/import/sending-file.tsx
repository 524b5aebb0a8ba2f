"use client";

import { X } from "lucide-react";
import { useEffect, useState } from "react";

import { formatBytes } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Progress } from "@/components/ui/progress";

import { Fact, Facts } from "../facts";
import { PoliteProgress } from "../polite";
import { StepHeading } from "../step-heading";
import { formatSeconds } from "../run/duration";
import { Elapsed } from "../run/elapsed";
import { useRate } from "../use-rate";
import { uploads, type Upload } from "./upload";

/** Longer than any pause of a connection that works. */
const stallMilliseconds = 8_000;

type Sending = Extract<Upload, { step: "sending" | "checking" }>;

/** An upload under way, and then the server at work on it. */
export function SendingFile({ upload }: { upload: Sending }) {
  const { file } = upload;
  const isSent = upload.step === "checking";
  const sent = isSent ? file.size : upload.sent;
  const rate = useRate(sent);
  const percent = file.size === 0 ? 100 : Math.floor((sent / file.size) * 100);
  return (
    <div className="space-y-4">
      <StepHeading takesFocus>{file.name}</StepHeading>
      <Card>
        <CardHeader
          title={isSent ? "The server looks at the bundle" : "Upload under way"}
          description={
            isSent
              ? "It verifies every byte and compares every row with what is here. Nothing is changed by it."
              : "You can look at other pages of this application meanwhile. Closing the tab ends the upload."
          }
          actions={
            <Button onClick={() => uploads.cancelSending()}>
              <X aria-hidden className="size-4" />
              Cancel the upload
            </Button>
          }
        />
        <CardBody className="space-y-4">
          <Progress label={isSent ? "The server looks at the bundle" : "Upload"} value={isSent ? null : sent / Math.max(1, file.size)} />
          <Facts>
            <Fact name="Sent">
              <span className="tabular">
                {formatBytes(sent)} of {formatBytes(file.size)}
              </span>
            </Fact>
            {upload.step === "checking" ? (
              <Fact name="At work for">
                <Elapsed since={upload.since} />
              </Fact>
            ) : (
              <>
                <Fact name="Rate">{rate === null ? "–" : `${formatBytes(rate)}/s`}</Fact>
                <Fact name="Time left">{timeLeft(file.size - sent, rate)}</Fact>
              </>
            )}
          </Facts>
          {!isSent && <StallNotice key={sent} />}
          <PoliteProgress stage={upload.step} message={isSent ? "Uploaded. The server looks at the bundle." : `Uploading, ${percent} percent.`} />
        </CardBody>
      </Card>
    </div>
  );
}

/** Given a new key with every byte that is sent, it says when none was for a while. */
function StallNotice() {
  const [isStalled, setIsStalled] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setIsStalled(true), stallMilliseconds);
    return () => window.clearTimeout(timer);
  }, []);
  if (!isStalled) return null;
  return (
    <Notice tone="warning" title="Nothing is being sent any more" role="status">
      The connection may be lost. The upload goes on by itself when it comes back within a minute.
    </Notice>
  );
}

function timeLeft(bytes: number, rate: number | null): string {
  if (rate === null || rate === 0) return "–";
  return `about ${formatSeconds(Math.max(1, Math.round(bytes / rate)))}`;
}
