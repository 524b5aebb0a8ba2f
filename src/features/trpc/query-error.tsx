"use client";

import { ErrorState } from "@/components/ui/error-state";

import { isTrpcError } from "./client";

export interface QueryErrorProps {
  /** What could not be shown. */
  title: string;
  error: unknown;
  onRetry?: () => void;
}

export function QueryError({ title, error, onRetry }: QueryErrorProps) {
  const { description, requestId } = describeError(error);
  return (
    <ErrorState title={title} description={description} requestId={requestId} {...(onRetry === undefined ? {} : { onRetry })} />
  );
}

/** What a person reads of an error, whether the server answered with it or never answered. */
export function describeError(error: unknown): { description: string; requestId?: string | undefined } {
  if (!isTrpcError(error) || error.data === undefined || error.data === null) {
    return { description: "The server did not answer. Check the connection and try again." };
  }
  const { detail, code, request_id } = error.data;
  return { description: detail, requestId: code === "internal" ? request_id : undefined };
}
