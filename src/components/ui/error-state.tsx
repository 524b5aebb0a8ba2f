import { Button } from "./button";
import { Notice } from "./notice";

export interface ErrorStateProps {
  title: string;
  description: string;
  /** Under which the server's log says more. */
  requestId?: string | undefined;
  onRetry?: () => void;
}

export function ErrorState({ title, description, requestId, onRetry }: ErrorStateProps) {
  return (
    <div className="p-4">
      <Notice tone="danger" title={title} role="alert">
        <p>{description}</p>
        {requestId !== undefined && (
          <p className="mt-1 text-[0.8125rem] text-soft">
            Request <code className="font-mono break-all">{requestId}</code>
          </p>
        )}
        {onRetry !== undefined && (
          <Button size="small" className="mt-3" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Notice>
    </div>
  );
}
