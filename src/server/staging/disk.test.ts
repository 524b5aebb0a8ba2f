import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";

import { asNoRoom, requireRoom } from "./disk";

const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

describe("room on the disk", () => {
  it("is there for a megabyte and not for a million gigabytes", async () => {
    await expect(requireRoom(tmpdir(), 1_000_000)).resolves.toBeUndefined();
    await expect(requireRoom(tmpdir(), 1e15)).rejects.toMatchObject({ code: "no_room" });
  });

  it.each(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "ENOENT", "ENOTDIR"])("is missing on %s", async (code) => {
    await expect(asNoRoom(failing(code))).rejects.toMatchObject({ name: "RequestError", code: "no_room" });
  });

  it("is not what other faults are about", async () => {
    await expect(asNoRoom(failing("EMFILE"))).rejects.toMatchObject({ name: "Error", code: "EMFILE" });
  });
});
