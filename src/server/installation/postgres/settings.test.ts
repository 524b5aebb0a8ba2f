import { describe, expect, it } from "vitest";

import { serverSettings, sharedBuffers } from "./settings";

const gibibyte = 1024 ** 3;

describe("settings of the embedded PostgreSQL", () => {
  it.each([
    [0, 128],
    [1, 128],
    [2, 128],
    [4, 256],
    [7.5, 480],
    [16, 1024],
    [256, 1024],
  ])("keep of %d GiB %d MiB of pages at hand", (memory, megabytes) => {
    expect(sharedBuffers(memory * gibibyte)).toBe(megabytes);
  });

  it("wait for the disk, and have the machine's share, where data is to last", () => {
    expect(serverSettings(true)).not.toHaveProperty("fsync");
    expect(serverSettings(true)["shared_buffers"]).toMatch(/^[0-9]+MB$/);
    expect(serverSettings(false)).toMatchObject({ fsync: "off", shared_buffers: "128MB" });
  });
});
