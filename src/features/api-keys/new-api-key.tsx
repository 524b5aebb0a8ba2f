"use client";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";

export function NewApiKey({ value, onClose }: { value: string; onClose: () => void }) {
  const command = `curl -f -X POST -H 'Authorization: Bearer ${value}' -o bundle.zip ${window.location.origin}/api/v1/admin/backup/export`;
  return (
    <div className="flex flex-col gap-4">
      <Copied label="Key" what="key" text={value} />
      <Copied label="An export with it" what="command" text={command} />
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    </div>
  );
}

function Copied({ label, what, text }: { label: string; what: string; text: string }) {
  return (
    <div>
      <div className="mb-1.5 flex items-center justify-between gap-4">
        <h3 className="text-sm font-medium">{label}</h3>
        <CopyButton text={text} what={what} />
      </div>
      <pre tabIndex={0} className="rounded-md bg-sunken p-3 font-mono text-xs break-all whitespace-pre-wrap">
        {text}
      </pre>
    </div>
  );
}
