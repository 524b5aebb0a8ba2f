import { expect, it } from "vitest";

import { collect } from "./collect";

it("frees what nobody refers to", () => {
  let held: WeakRef<object> | undefined;
  (() => (held = new WeakRef({ some: "thing" })))();
  collect();
  // A WeakRef keeps its object until the end of the turn in which it was made.
  return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
    collect();
    expect(held?.deref()).toBeUndefined();
  });
});
