import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { httpStatus } from "./s3-errors";

export interface RetryLimits {
  /** How often a request is sent before it counts as failed. */
  attempts: number;
  /** No new attempt once this long has gone by since the first. Milliseconds. */
  retryForMilliseconds: number;
  /** The longest wait before the second attempt; it doubles with each further one. */
  firstDelayMilliseconds: number;
}

/** So that a server that is back is used soon after. */
const LONGEST_DELAY_MILLISECONDS = 5_000;

/** Failures beside the SDK's own list that the server asks to have repeated. */
const REPEATABLE_NAMES = new Set(["ConditionalRequestConflict", "OperationAborted"]);

/** Between two clocks by which requests are signed: less is no reason to refuse one. Servers take fifteen minutes. */
const clockChangeMilliseconds = 240_000;

/**
 * When requests are repeated. The SDK's standard strategy stops repeating anything once 35
 * retries have failed across the whole client, which sixteen uploads meet in the first second
 * of a short outage; this one bounds each request by itself.
 *
 * @param clockOffset what the SDK adds to this machine's clock when it signs. It goes by the
 * server's last answer, and by itself repeats nothing that it signed before that set it right.
 */
export function retryStrategy(limits: RetryLimits, clockOffset: () => number): Strategy {
  return {
    async acquireInitialRetryToken() {
      return new Attempt(0, 0, performance.now(), clockOffset());
    },
    async refreshRetryTokenForRetry(previous, { error, errorType, retryAfterHint }) {
      const count = previous.getRetryCount() + 1;
      const { startedAt, signedBy } = previous instanceof Attempt ? previous : new Attempt(0, 0, performance.now(), clockOffset());
      const signedByWrongClock = httpStatus(error) === 403 && Math.abs(clockOffset() - signedBy) > clockChangeMilliseconds;
      const repeatable =
        errorType === "TRANSIENT" || errorType === "THROTTLING" || signedByWrongClock || REPEATABLE_NAMES.has(error?.name ?? "");
      if (!repeatable || count >= limits.attempts || performance.now() - startedAt >= limits.retryForMilliseconds) {
        throw new Error("No more attempts.");
      }
      const asked = retryAfterHint ? retryAfterHint.getTime() - Date.now() : 0;
      const delay = Math.max(backOffMilliseconds(count, limits), Math.min(asked, LONGEST_DELAY_MILLISECONDS));
      return new Attempt(count, delay, startedAt, clockOffset());
    },
    recordSuccess() {},
  };
}

export async function backOff(retry: number, limits: RetryLimits): Promise<void> {
  await sleep(backOffMilliseconds(retry, limits));
}

/** A random part of the delay, so that clients that failed together don't return together. */
function backOffMilliseconds(retry: number, { firstDelayMilliseconds }: RetryLimits): number {
  return Math.random() * Math.min(firstDelayMilliseconds * 2 ** (retry - 1), LONGEST_DELAY_MILLISECONDS);
}

type Strategy = Extract<NonNullable<S3ClientConfig["retryStrategy"]>, { acquireInitialRetryToken: unknown }>;

class Attempt {
  constructor(
    readonly retries: number,
    readonly delay: number,
    readonly startedAt: number,
    /** The clock's offset before the request was signed. */
    readonly signedBy: number,
  ) {}

  getRetryCount(): number {
    return this.retries;
  }

  getRetryDelay(): number {
    return this.delay;
  }
}
