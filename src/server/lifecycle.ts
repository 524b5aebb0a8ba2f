import { housekeeping } from "./housekeeping";
import { subscriptions } from "./trpc/subscriptions";

/** What runs beside requests for as long as the server is up. */
export interface Service {
  name: string;
  /** Called once database, migrations and storage are ready, before the first request. A failure ends the start. */
  start(): Promise<void>;
  /** Called when no new requests are taken any more: ends what runs, at best within a few seconds. */
  stop(): Promise<void>;
}

/** In the order in which they start; they stop in the opposite one. */
export const services: readonly Service[] = [housekeeping, subscriptions];
