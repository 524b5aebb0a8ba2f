import { codeOf, isTrpcError } from "../../trpc/client";
import { problemWords } from "./problem-words";

export interface Failure {
  text: string;
  /** Under which the server's log says more. */
  requestId: string | undefined;
}

/** Any error of a call to the server, in words. */
export function describeFailure(error: unknown): Failure {
  const code = codeOf(error);
  if (code === undefined) return { text: "The server could not be reached. Check the connection and try again.", requestId: undefined };
  const requestId = isTrpcError(error) && code === "internal" ? error.data?.request_id : undefined;
  return { text: problemWords[code], requestId };
}
