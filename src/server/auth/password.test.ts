import { parseOptions } from "@node-rs/argon2";
import { describe, expect, it } from "vitest";

import { hashPassword, maximumPasswordBytes, verifyPassword } from "./password";

describe("passwords", () => {
  it("accepts the password that was hashed and no other", async () => {
    const hash = await hashPassword("correct horse battery staple");
    expect(await verifyPassword(hash, "correct horse battery staple")).toBe(true);
    expect(await verifyPassword(hash, "Correct horse battery staple")).toBe(false);
  });

  it("hashes with argon2id and what OWASP asks for at the least", async () => {
    const hash = await hashPassword("x");
    expect(hash).toMatch(/^\$argon2id\$/);
    expect(parseOptions(hash)).toMatchObject({ memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  });

  it("answers false for a user who does not exist, even to the stand-in's password", async () => {
    expect(await verifyPassword(undefined, "nobody has this password")).toBe(false);
  });

  it("does the same work for an unknown user as for a wrong password", async () => {
    const hash = await hashPassword("x");
    await verifyPassword(undefined, "warm up");
    const known = await fastestOf(() => verifyPassword(hash, "wrong"));
    const unknown = await fastestOf(() => verifyPassword(undefined, "wrong"));
    // Without the work it would be a hundredth; a busy machine makes some difference either way.
    expect(unknown).toBeGreaterThan(known / 4);
  });

  it("does not hash passwords of a megabyte", async () => {
    const long = "a".repeat(maximumPasswordBytes + 1);
    expect(await verifyPassword(await hashPassword(long), long)).toBe(false);
  });
});

async function fastestOf(work: () => Promise<unknown>): Promise<number> {
  let fastest = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    await work();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}
