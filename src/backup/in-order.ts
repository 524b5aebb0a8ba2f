import { setImmediate as breathe } from "node:timers/promises";

/**
 * Runs work on every item and gives the results in the items' order. As many are under way
 * at a time as weigh no more than `limit` together, and always one; each weighs 1 unless
 * `weigh` says otherwise. When one fails, or nobody takes more, the rest is awaited and forgotten.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
  weigh: (item: Item) => number = () => 1,
): AsyncGenerator<Result> {
  const underWay: { result: Promise<Result>; weight: number }[] = [];
  let total = 0;
  try {
    for await (const item of items) {
      const weight = weigh(item);
      while (underWay.length > 0 && total + weight > limit) {
        total -= underWay[0]?.weight ?? 0;
        yield await oldest(underWay);
      }
      const result = work(item);
      // Its failure is seen when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined);
      underWay.push({ result, weight });
      total += weight;
    }
    while (underWay.length > 0) yield await oldest(underWay);
  } finally {
    await Promise.allSettled(underWay.map(({ result }) => result));
  }
}

/**
 * Makes what gives each of its callers a turn of the event loop to itself, in the order in which they ask. To begin a request
 * takes a millisecond or more: where one that took long ends, or several files were read meanwhile, many would begin at once.
 */
export function turnsApart(): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.then(() => breathe()));
}

async function oldest<Result>(underWay: { result: Promise<Result> }[]): Promise<Result> {
  const [first] = underWay;
  if (first === undefined) throw new Error("Nothing is under way");
  try {
    return await first.result;
  } finally {
    underWay.shift();
  }
}
