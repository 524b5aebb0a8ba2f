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

/** Sorted as Array.sort() does it, with pauses: some tens of thousands take a few milliseconds to merge, and a fifth of a second to sort. */
export async function sortPaced(numbers: Uint32Array, compare: (one: number, other: number) => number): Promise<Uint32Array> {
  let sorted = numbers.slice();
  for (let start = 0; start < sorted.length; start += itemsAtOnce) {
    sorted.subarray(start, start + itemsAtOnce).sort(compare);
    await breathe();
  }
  for (let width = itemsAtOnce; width < sorted.length; width *= 2) {
    const merged = new Uint32Array(sorted.length);
    for (let start = 0; start < sorted.length; start += 2 * width) {
      const middle = start + width;
      merged.set(merge(sorted.subarray(start, middle), sorted.subarray(middle, middle + width), compare), start);
      await breathe();
    }
    sorted = merged;
  }
  return sorted;
}

function merge(left: Uint32Array, right: Uint32Array, compare: (one: number, other: number) => number): Uint32Array {
  const merged = new Uint32Array(left.length + right.length);
  let taken = 0;
  for (const [index, number] of left.entries()) {
    for (; taken < right.length && compare(right[taken] ?? 0, number) < 0; taken++) merged[index + taken] = right[taken] ?? 0;
    merged[index + taken] = number;
  }
  merged.set(right.subarray(taken), left.length + taken);
  return merged;
}
