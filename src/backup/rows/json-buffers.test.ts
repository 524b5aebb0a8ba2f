import { expect, it } from "vitest";

import { JsonBuffers } from "./json-buffers";

it("gathers pieces, in a buffer that was given back where there is one", () => {
  const buffers = new JsonBuffers();
  const first = buffers.gather([Buffer.from("abc"), Buffer.from("de")]);
  expect(first.toString()).toBe("abcde");
  const second = buffers.gather([Buffer.from("fg")]);
  expect(second.buffer).not.toBe(first.buffer);
  buffers.giveBack(first);
  const third = buffers.gather([Buffer.from("h")]);
  expect(third.buffer).toBe(first.buffer);
  expect([second, third].map(String)).toEqual(["fg", "h"]);
});

it("gives the memory of larger rows back at once", async () => {
  const buffers = new JsonBuffers();
  const large = buffers.gather([Buffer.alloc(400_000, "x"), Buffer.alloc(400_000, "y")]);
  expect(large.length).toBe(800_000);
  buffers.giveBack(large);
  expect(large.length).toBe(0);
});
