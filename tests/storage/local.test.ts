import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalObjectStore } from "@/storage";
import { keys, ODD_KEYS, put, read, refusal, thenNothing } from "./conformance";

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), "system-backup-objects-"));
  directory = path.join(parent, "store");
});
afterEach(() => rm(parent, { recursive: true }));

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => path.join(parentPath, name));
}

const temporaryFiles = () => filesBelow(path.join(directory, "temporary"));

describe("local object storage on disk", () => {
  it("keeps every key within its folder, under a name that any filesystem holds", async () => {
    const store = createLocalObjectStore({ directory });
    for (const key of ODD_KEYS) await put(store, key, Buffer.from(key));
    const files = (await filesBelow(parent)).map((file) => path.relative(directory, file));
    expect(files).toHaveLength(ODD_KEYS.length);
    for (const file of files) expect(file).toMatch(/^objects\/[0-9a-f]{2}\/[0-9a-f]{62}$/);
    await expect(access("/etc/x")).rejects.toThrow("ENOENT");
  });

  it("is found again by the next store in the same folder", async () => {
    await put(createLocalObjectStore({ directory }), "a", Buffer.from("x"));
    const next = createLocalObjectStore({ directory });
    expect((await read(next, "a")).toString()).toBe("x");
  });

  it.each([1, 1024])("gives back the bytes of objects that are read with their trailer, and of those that are not, under keys of %d bytes", async (keyBytes) => {
    const store = createLocalObjectStore({ directory });
    const key = "k".repeat(keyBytes);
    const switchesAt = 256 * 1024;
    for (const size of [0, 1, switchesAt - 1100, switchesAt - keyBytes - 1, switchesAt - keyBytes, switchesAt - keyBytes + 1, switchesAt, switchesAt + 1]) {
      const content = Buffer.alloc(size, `${size} bytes `);
      await put(store, key, content);
      expect((await read(store, key)).equals(content), `${size} bytes`).toBe(true);
      await store.delete(key);
    }
  });

  it("sweeps what a killed process left, and nothing of a living one", async () => {
    const script = fileURLToPath(new URL("../support/half-a-put.ts", import.meta.url));
    const command = ["--import", "tsx", script, directory];
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const own = createLocalObjectStore({ directory });
    const controller = new AbortController();
    const body = thenNothing(Buffer.from("first"));
    const putting = put(own, "mine", Buffer.from("first and last"), { body, signal: controller.signal });
    const settled = putting.catch(() => "aborted");
    await expect.poll(temporaryFiles).toHaveLength(2);

    child.kill("SIGKILL");
    await once(child, "exit");
    const next = createLocalObjectStore({ directory });
    expect(await keys(next)).toEqual([]);
    expect(await temporaryFiles()).toHaveLength(1);

    controller.abort();
    expect(await settled).toBe("aborted");
    expect(await temporaryFiles()).toEqual([]);
  });

  it("never takes a damaged file for an object", async () => {
    const store = createLocalObjectStore({ directory });
    await put(store, "a", Buffer.from("some bytes"));
    const [file] = await filesBelow(directory);
    if (!file) throw new Error("The object has no file.");
    const damages = [() => truncate(file, 40), () => truncate(file, 0), () => writeFile(file, "x".repeat(2_000))];
    for (const damage of damages) {
      await damage();
      await expect(store.stat("a")).rejects.toEqual(refusal("storage_unavailable", "damaged"));
      // Whoever downloads a file is told this: where it lies is for the log.
      await expect(store.stat("a")).rejects.toThrow(expect.not.objectContaining({ message: expect.stringContaining(directory) }));
      await expect(store.get("a")).rejects.toEqual(refusal("storage_unavailable", "damaged"));
      await expect(keys(store)).rejects.toEqual(refusal("storage_unavailable", "damaged"));
    }
    await put(store, "a", Buffer.from("new bytes"), { when: "always" });
    expect((await read(store, "a")).toString()).toBe("new bytes");
  });

  it("notices a file that shrinks while it is read", async () => {
    const store = createLocalObjectStore({ directory });
    await put(store, "a", Buffer.alloc(1_000_000));
    const { body } = await store.get("a");
    const [file] = await filesBelow(directory);
    if (file) await truncate(file, 300_000);
    const reading = (async () => {
      for await (const _ of body);
    })();
    await expect(reading).rejects.toEqual(refusal("storage_unavailable", "ended after"));
  });

  it("passes over files that are not its own", async () => {
    const store = createLocalObjectStore({ directory });
    await put(store, "a", Buffer.from("x"));
    await writeFile(path.join(directory, "objects", ".DS_Store"), "x");
    await writeFile(path.join(directory, "temporary", "notes.txt"), "x");
    const next = createLocalObjectStore({ directory });
    expect(await keys(next)).toEqual(["a"]);
    expect(await temporaryFiles()).toHaveLength(1);
  });
});
