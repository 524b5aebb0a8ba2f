import type { ReactNode } from "react";

import { Notice } from "@/components/ui/notice";

import { describeFailure } from "./words/describe-failure";

/** What went wrong with something that was asked of the server, said when it appears. */
export function FailureNotice({ title, error, children }: { title: string; error: unknown; children?: ReactNode }) {
  const { text, requestId } = describeFailure(error);
  return (
    <Notice tone="danger" title={title} role="alert">
      <p>{text}</p>
      {requestId !== undefined && (
        <p className="mt-1 text-[0.8125rem]">
          Request <code className="font-mono break-all">{requestId}</code>
        </p>
      )}
      {children !== undefined && <div className="mt-3 flex flex-wrap gap-2">{children}</div>}
    </Notice>
  );
}
