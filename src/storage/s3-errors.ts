import { z } from "zod";
import { StorageError } from "./errors";

const REASONS: Readonly<Record<string, string>> = {
  AccessDenied: "access was denied",
  InvalidAccessKeyId: "the access key is unknown",
  SignatureDoesNotMatch: "the secret access key is wrong",
  NoSuchBucket: "the bucket does not exist",
  RequestTimeTooSkewed: "the clocks of this machine and the server differ too much",
  EntityTooLarge: "the object is larger than the server takes",
  QuotaExceeded: "the quota is used up",
  ECONNREFUSED: "nothing answers there",
  ECONNRESET: "the connection was lost",
  EPIPE: "the connection was lost",
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host is unreachable",
  ENETUNREACH: "the network is unreachable",
  TimeoutError: "no answer came in time",
};

const metadataSchema = z.object({
  httpStatusCode: z.number().optional().catch(undefined),
  attempts: z.number().optional().catch(undefined),
});

/** Names and codes come from the server or its proxies, so only what looks like one is repeated. */
const NAME = /^\w{1,64}$/;

/**
 * Says what happened without the SDK's error as cause: that one carries the request, whose
 * headers hold the access key and a signature.
 */
export function asStorageError(description: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const names = errorNames(error);
  const reason = names.map((name) => REASONS[name]).find((known) => known !== undefined);
  const status = httpStatus(error);
  const details = [...names, ...(status === undefined ? [] : [`HTTP ${status}`])].join(", ");
  const sentence = reason ?? (status === 403 ? "access was denied" : "the request failed");
  return new StorageError("storage_unavailable", `${description}: ${sentence} (${details}).`);
}

function errorNames(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return [...new Set([code, error.name])].filter((name) => NAME.test(name));
}

export function httpStatus(error: unknown): number | undefined {
  return metadataOf(error).httpStatusCode;
}

/** How often a failed request was sent; undefined where that is unknown. */
export function attemptsOf(error: unknown): number | undefined {
  return metadataOf(error).attempts;
}

/** The SDK adds it to errors of every class, its own and Node's. */
function metadataOf(error: unknown): z.infer<typeof metadataSchema> {
  const carried = error instanceof Error && "$metadata" in error ? error.$metadata : {};
  return metadataSchema.parse(carried);
}

export function isMissingObject(error: unknown): boolean {
  return httpStatus(error) === 404 && error instanceof Error && error.name !== "NoSuchBucket";
}

/** Of a multipart upload that was completed or given up. */
export function isMissingUpload(error: unknown): boolean {
  return error instanceof Error && error.name === "NoSuchUpload";
}

export function isMissingBucket(error: unknown): boolean {
  return error instanceof Error && error.name === "NoSuchBucket";
}

export function isPreconditionFailed(error: unknown): boolean {
  return httpStatus(error) === 412;
}

export function isNotImplemented(error: unknown): boolean {
  return httpStatus(error) === 501;
}
