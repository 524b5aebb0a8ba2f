/**
 * Runs work on every item, up to `concurrency` at a time, and gives the results in the
 * items' order. When one fails, or nobody takes more, the rest is awaited and forgotten.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const started = work(item);
      // Its failure is seen when its turn comes; until then it must not count as unhandled.
      started.catch(() => undefined);
      underWay.push(started);
      if (underWay.length >= concurrency) yield await oldest(underWay);
    }
    while (underWay.length > 0) yield await oldest(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function oldest<Result>(underWay: Promise<Result>[]): Promise<Result> {
  const [first] = underWay;
  if (first === undefined) throw new Error("Nothing is under way");
  try {
    return await first;
  } finally {
    void underWay.shift();
  }
}
