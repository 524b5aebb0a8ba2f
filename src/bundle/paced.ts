import { setImmediate as breathe } from "node:timers/promises";

/** Few enough that checking them takes a few milliseconds. */
const itemsAtOnce = 2_000;

/** The same items, with pauses in which the event loop can turn to others. For tens of thousands of them. */
export async function* paced<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  let count = 0;
  for (const item of items) {
    yield item;
    count += 1;
    if (count % itemsAtOnce === 0) await breathe();
  }
}
