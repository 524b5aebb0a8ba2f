import type { Logger } from "pino";

/** What a procedure knows of the request that calls it. Who makes the request, its middleware finds out. */
export interface TrpcContext {
  request: Request;
  /** Under which the log says more about a failure. */
  requestId: string;
  log: Logger;
}
