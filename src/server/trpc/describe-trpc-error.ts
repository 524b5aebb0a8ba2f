import type { TRPC_ERROR_CODE_KEY, TRPCError } from "@trpc/server";
import { ZodError } from "zod";

import { RequestError, type RequestErrorCode } from "../errors";
import { inputError } from "../http/json-body";
import { describeProblem, type Problem } from "../problems";

/** What tRPC itself refuses before a procedure is called. */
const protocolErrors: Partial<Record<TRPC_ERROR_CODE_KEY, RequestErrorCode>> = {
  PARSE_ERROR: "malformed_request",
  BAD_REQUEST: "malformed_request",
  NOT_FOUND: "malformed_request",
  METHOD_NOT_SUPPORTED: "method_not_allowed",
  UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
  PAYLOAD_TOO_LARGE: "too_large",
};

/** The same of an error as the REST API says. */
export function describeTrpcError(error: TRPCError): Problem {
  if (error.code === "BAD_REQUEST" && error.cause instanceof ZodError) return describeProblem(inputError(error.cause));
  const code = protocolErrors[error.code];
  // Everything that our own procedures throw is wrapped as INTERNAL_SERVER_ERROR.
  return describeProblem(code === undefined ? error.cause : new RequestError(code, error.message));
}
