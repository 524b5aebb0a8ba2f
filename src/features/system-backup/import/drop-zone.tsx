"use client";

import { FileArchive, Upload as UploadIcon } from "lucide-react";
import { useEffect, useRef, useState, type DragEvent } from "react";

import { formatBytes } from "@/components/format";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { LiveRegion } from "@/components/ui/live-region";

export interface DropZoneProps {
  /** Bytes. */
  limit: number | null;
  isBusy: boolean;
  takesFocus: boolean;
  onChoose: (file: File) => void;
}

/** Takes a file that is dropped, or chosen with the button. */
export function DropZone({ limit, isBusy, takesFocus, onChoose }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    if (takesFocus) button.current?.focus();
  }, [takesFocus]);
  const take = (files: FileList | null) => {
    const [file] = files ?? [];
    if (file !== undefined) onChoose(file);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div
      data-testid="drop-zone"
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
      className={classNames(
        "flex flex-col items-center gap-3 rounded-lg border-2 border-dashed px-6 py-10 text-center",
        isOver ? "border-accent bg-accent-soft" : "border-line-strong",
      )}
    >
      <FileArchive aria-hidden className="size-7 text-soft" />
      <p className="text-sm">
        Drop a bundle here, <span className="font-mono text-[0.8125rem]">system-backup-….zip</span>, or choose it:
      </p>
      <input
        ref={input}
        type="file"
        accept=".zip,application/zip"
        aria-label="Bundle"
        className="sr-only"
        tabIndex={-1}
        onChange={({ target }) => {
          take(target.files);
          // The same file again is a choice, too.
          target.value = "";
        }}
      />
      <Button ref={button} look="primary" pending={isBusy} onClick={() => input.current?.click()}>
        {!isBusy && <UploadIcon aria-hidden className="size-4" />}
        {isBusy ? "Looking into the file…" : "Choose a file"}
      </Button>
      {limit !== null && <p className="text-[0.8125rem] text-soft">At most {formatBytes(limit)}</p>}
      <LiveRegion message={isBusy ? "Looking into the file" : ""} />
    </div>
  );
}
