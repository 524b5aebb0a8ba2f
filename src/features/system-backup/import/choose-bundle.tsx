"use client";

import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { formatBytes } from "@/components/format";

import { problemWords } from "../words/problem-words";
import { DropZone } from "./drop-zone";
import { FileReady } from "./file-ready";
import { InvalidBundle } from "./invalid-bundle";
import { useImportConditions } from "./running-import";
import { SendingFile } from "./sending-file";
import { uploads, type Upload } from "./upload";

/** From nothing chosen to a file that is uploaded and looked at by the server. */
export function ChooseBundle({ upload, takesFocus }: { upload: Upload; takesFocus: boolean }) {
  const limit = useImportConditions().data?.upload_limit ?? null;
  const choose = (file: File) => void uploads.choose(file, limit);
  switch (upload.step) {
    case "sending":
    case "checking":
      return <SendingFile upload={upload} />;
    case "ready":
      return <FileReady upload={upload} />;
    case "invalid":
      return <InvalidBundle end={upload.end} name={upload.file.name} />;
    case "none":
    case "inspecting":
    case "previewed":
    case "unreadable":
    case "refused":
      return (
        <Card>
          <CardHeader
            title="Choose a bundle"
            description="It is looked at before anything is sent, and compared with this installation before anything is written."
          />
          <CardBody className="space-y-4">
            <Outcome upload={upload} limit={limit} />
            {/* Anew when the refusal goes, whose button the focus may be on. */}
            <DropZone
              key={upload.step === "refused" ? "refused" : "free"}
              limit={limit}
              isBusy={upload.step === "inspecting"}
              takesFocus={takesFocus}
              onChoose={choose}
            />
          </CardBody>
        </Card>
      );
  }
}

/** What is wrong with the file that was chosen. */
function Outcome({ upload, limit }: { upload: Upload; limit: number | null }) {
  if (upload.step === "unreadable") {
    return (
      <Notice tone="danger" title={`${upload.file.name} cannot be read`} role="alert">
        It was moved, deleted or changed since it was chosen. Choose it again.
      </Notice>
    );
  }
  if (upload.step !== "refused") return null;
  const { file, refusal } = upload;
  return (
    <Notice tone="danger" title={`${file.name} cannot be imported`} role="alert">
      <p>{problemWords[refusal.code]}</p>
      <p className="mt-1 text-[0.8125rem]">
        {refusal.code === "upload_too_large" && limit !== null
          ? `It has ${formatBytes(file.size)}; this installation takes ${formatBytes(limit)}. `
          : `${refusal.message} `}
        Nothing was sent.
      </p>
      <Button size="small" className="mt-3" onClick={uploads.forget}>
        Dismiss
      </Button>
    </Notice>
  );
}
