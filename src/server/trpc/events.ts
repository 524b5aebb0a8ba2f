import { isTrackedEnvelope, tracked, type TrackedEnvelope } from "@trpc/server";
import { z } from "zod";

const events = z.custom<AsyncIterable<TrackedEnvelope<unknown>>>(
  (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
);

const envelope = z.custom<TrackedEnvelope<unknown>>(isTrackedEnvelope);

/** What a subscription gives: events with an id each, whose data is parsed as it is sent. */
export function eventsOf<Data extends z.ZodType>(data: Data) {
  return events.transform(async function* (source): AsyncGenerator<TrackedEnvelope<z.output<Data>>, void> {
    for await (const event of source) {
      const [id, sent] = envelope.parse(event);
      yield tracked(id, await data.parseAsync(sent));
    }
  });
}
