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

type Compare = (one: number, other: number) => number;

/**
 * Sorts them in place as Array.sort() does it, with pauses: of as many as a bundle may have entries,
 * by their names, the last two parts are merged in some 15 ms, where sorting all takes 200.
 */
export async function sortPaced(numbers: Uint32Array, compare: Compare): Promise<void> {
  for (let start = 0; start < numbers.length; start += itemsAtOnce) {
    numbers.subarray(start, start + itemsAtOnce).sort(compare);
    await breathe();
  }
  const room = new Uint32Array(numbers.length);
  for (let width = itemsAtOnce; width < numbers.length; width *= 2) {
    for (let start = 0; start + width < numbers.length; start += 2 * width) {
      merge(numbers.subarray(start, start + 2 * width), width, compare, room);
      await breathe();
    }
  }
}

/** Merges the two sorted parts of `numbers`, the second of which begins at `middle`. */
function merge(numbers: Uint32Array, middle: number, compare: Compare, room: Uint32Array): void {
  // The first part makes way. What is written never passes what is still to be read of the second.
  const left = room.subarray(0, middle);
  left.set(numbers.subarray(0, middle));
  let right = middle;
  for (const [index, number] of left.entries()) {
    let position = index + right - middle;
    for (; right < numbers.length && compare(numbers[right] ?? 0, number) < 0; right++) numbers[position++] = numbers[right] ?? 0;
    numbers[position] = number;
  }
}
