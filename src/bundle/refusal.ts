import { BundleError, type BundleErrorCode, type BundlePlace } from "./errors";

/** A BundleError between threads: errors that cross to another one by themselves are no longer what they were. */
export interface Refusal {
  kind: "refused";
  code: BundleErrorCode;
  message: string;
  place: BundlePlace;
}

/** @throws the error, where it is none of the bundle's */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof BundleError)) throw error;
  const { code, message, entry, row, column } = error;
  return { kind: "refused", code, message, place: { entry, row, column } };
}

export function errorOf({ code, message, place }: Refusal): BundleError {
  return new BundleError(code, message, place);
}
