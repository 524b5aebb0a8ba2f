import { expect, it, vi } from "vitest";

it("is recognised by another copy of the module, as Next's bundle is one", async () => {
  const ours = await import("./errors");
  vi.resetModules();
  const bundled = await import("./errors");
  const error: unknown = new ours.StorageError("storage_unavailable", "away");
  expect(bundled.StorageError).not.toBe(ours.StorageError);
  expect(error instanceof bundled.StorageError && error.code).toBe("storage_unavailable");
  expect(new Error("away") instanceof bundled.StorageError).toBe(false);
});
