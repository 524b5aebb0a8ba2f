import { describe, expect, it } from "vitest";

import { Download } from "./download";

const chunk = (text: string) => Buffer.from(text);

describe("a download", () => {
  it("takes a chunk only when it is asked for", async () => {
    const download = new Download();
    const reader = download.readable.getReader();
    let written = 0;
    const writing = (async () => {
      for (const text of ["a", "b", "c"]) {
        await download.write(chunk(text));
        written += 1;
      }
      download.end();
    })();
    await download.begun;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toBe(0);
    expect((await reader.read()).value).toEqual(chunk("a"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toBe(1);
    expect((await reader.read()).value).toEqual(chunk("b"));
    expect((await reader.read()).value).toEqual(chunk("c"));
    expect((await reader.read()).done).toBe(true);
    await writing;
  });

  it("fails for its reader when its writer does", async () => {
    const download = new Download();
    const reader = download.readable.getReader();
    const read = reader.read();
    await download.write(chunk("a"));
    await read;
    download.fail(new Error("broken"));
    await expect(reader.read()).rejects.toThrow("broken");
    await expect(download.write(chunk("b"))).rejects.toThrow("broken");
  });

  it("fails for its writer when its reader leaves, also one that waits", async () => {
    const download = new Download();
    const waiting = download.write(chunk("a"));
    await download.readable.cancel("enough");
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await expect(download.write(chunk("b"))).rejects.toMatchObject({ name: "AbortError" });
    expect(download.gone.aborted).toBe(true);
    download.end();
  });

  it("gives up on a reader that takes nothing", async () => {
    const download = new Download(50);
    await expect(download.write(chunk("a"))).rejects.toMatchObject({ code: "transfer_stalled" });
  });
});
