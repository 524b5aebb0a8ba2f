import { describe, expect, it } from "vitest";

import { RateLimit } from "./rate-limit";

const options = { attempts: 3, windowMilliseconds: 1000, maximumKeys: 2 };

describe("a rate limit", () => {
  it("lets so many attempts through and then says how long to wait", () => {
    const limit = new RateLimit(options);
    expect([limit.take("a", 0), limit.take("a", 10), limit.take("a", 20)]).toEqual([0, 0, 0]);
    expect(limit.take("a", 400)).toBe(600);
    expect(limit.take("b", 400)).toBe(0);
  });

  it("begins anew when the window has ended", () => {
    const limit = new RateLimit(options);
    for (let attempt = 0; attempt < 4; attempt += 1) limit.take("a", 0);
    expect(limit.take("a", 999)).toBe(1);
    expect(limit.take("a", 1000)).toBe(0);
  });

  it("takes back an attempt, or all of them", () => {
    const limit = new RateLimit(options);
    for (let attempt = 0; attempt < 3; attempt += 1) limit.take("a", 0);
    limit.giveBack("a");
    expect(limit.take("a", 0)).toBe(0);
    expect(limit.take("a", 0)).toBe(1000);
    limit.clear("a");
    expect(limit.take("a", 0)).toBe(0);
  });

  it("remembers no more keys than it may", () => {
    const limit = new RateLimit(options);
    for (let key = 0; key < 1000; key += 1) limit.take(String(key), 0);
    expect(limit.size).toBe(2);
  });
});
