import { describe, expect, it } from "vitest";

import { sortPaced } from "./paced";

/** Many are equal, so that their order tells whether it is kept. */
const keyOf = (number: number) => (number * 7_919) % 1_009;
const compare = (one: number, other: number) => keyOf(one) - keyOf(other);

describe("sortPaced", () => {
  it.each([0, 1, 1_999, 2_000, 2_001, 4_000, 4_001, 9_001])("sorts %i numbers as Array.sort() does", async (count) => {
    const numbers = Uint32Array.from({ length: count }, (_, index) => (index * 6_007) % 9_973);
    const expected = Uint32Array.from([...numbers].sort(compare));
    await sortPaced(numbers, compare);
    expect(numbers).toEqual(expected);
  });

  it("lets others have their turn", async () => {
    let compared = 0;
    let most = 0;
    let timer = setImmediate(function turn() {
      most = Math.max(most, compared);
      compared = 0;
      timer = setImmediate(turn);
    });
    const numbers = Uint32Array.from({ length: 20_000 }, (_, index) => (index * 6_007) % 20_011);
    await sortPaced(numbers, (one, other) => (compared++, one - other));
    clearImmediate(timer);
    // All of it takes some 280,000 comparisons; the last two parts are merged in one turn.
    expect(most).toBeLessThan(30_000);
    expect(most).toBeGreaterThan(10_000);
  });
});
