import { ClientGone } from "./errors";

/** Why a signal aborted, as something to be thrown. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new ClientGone({ cause: reason });
}
