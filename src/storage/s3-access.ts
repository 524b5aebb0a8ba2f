import { S3Client } from "@aws-sdk/client-s3";
import { throwIfAborted } from "./abort";
import { asStorageError } from "./s3-errors";
import { retryStrategy } from "./s3-retry";
import type { RetryLimits } from "./s3-retry";

export interface S3ObjectStoreOptions {
  /** Unset for Amazon's own. */
  endpoint?: string | undefined;
  region: string;
  /** Made when missing, if the keys may do that. */
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Bucket in the path rather than in the host name: what most servers but Amazon's need. */
  forcePathStyle: boolean;
}

export interface S3Limits extends RetryLimits {
  connectMilliseconds: number;
  /** How long a connection may be silent in the middle of a request or a body. */
  silenceMilliseconds: number;
  /** Connections at once; further requests wait for one. */
  sockets: number;
}

export const DEFAULT_LIMITS: S3Limits = {
  // Five repetitions wait 3 s on average: a gateway that is restarted is back by then.
  attempts: 6,
  // About what a busy gateway needs to answer one request.
  firstDelayMilliseconds: 200,
  // Bounds what a server that accepts and never answers costs: two attempts of a minute.
  retryForMilliseconds: 120_000,
  // A connection within a data centre or to the next region takes well under one second.
  connectMilliseconds: 10_000,
  // A healthy server answers in seconds even when it copies a large object.
  silenceMilliseconds: 60_000,
  // Several times what an export and an import use together, and far below a server's own limit.
  sockets: 64,
};

/** What the parts of the S3 store share. */
export interface S3Access {
  client: S3Client;
  bucket: string;
  description: string;
  limits: S3Limits;
}

export function openAccess(options: S3ObjectStoreOptions, limits: S3Limits): S3Access {
  const agent = { keepAlive: true, maxSockets: limits.sockets };
  const client: S3Client = new S3Client({
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    region: options.region,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    forcePathStyle: options.forcePathStyle,
    // Many servers refuse the SDK's default checksums; each object's SHA-256 is checked here instead.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // The SDK opens a connection of its own, outside of the agent's bound, for each body that waits for a 100.
    expectContinueHeader: false,
    retryStrategy: retryStrategy(limits, () => client.config.systemClockOffset),
    requestHandler: {
      httpAgent: agent,
      httpsAgent: agent,
      connectionTimeout: limits.connectMilliseconds,
      socketTimeout: limits.silenceMilliseconds,
    },
  });
  return { client, bucket: options.bucket, description: describe(options), limits };
}

function describe({ endpoint, bucket, region }: S3ObjectStoreOptions): string {
  if (endpoint === undefined) return `S3 bucket ${bucket} (Amazon, ${region})`;
  // Only these parts: an endpoint's user, password or query could be secret.
  const { protocol, host } = new URL(endpoint);
  return `S3 bucket ${bucket} at ${protocol}//${host}`;
}

/**
 * Sends one request, repeated where that can help. What fails is an AbortError if the signal
 * aborted, else a StorageError.
 */
export async function request<Output>(
  access: S3Access,
  send: (options: { abortSignal?: AbortSignal }) => Promise<Output>,
  signal?: AbortSignal,
): Promise<Output> {
  throwIfAborted(signal);
  try {
    return await send(signal ? { abortSignal: signal } : {});
  } catch (error) {
    throwIfAborted(signal);
    throw asStorageError(access.description, error);
  }
}
