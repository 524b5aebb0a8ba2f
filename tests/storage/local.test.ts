import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, copyFile, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalObjectStore, type ObjectReader, type ObjectStore } from "@/storage";
import { objectFileName } from "@/storage/local-file";
import { threadsDuring } from "../support/backup/threads";
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

  describe("a reader", () => {
    const contents = Array.from({ length: 40 }, (_, index) => Buffer.alloc(150_000, `${index} `));
    let store: ObjectStore;
    beforeEach(async () => {
      store = createLocalObjectStore({ directory });
      await Promise.all(contents.map((content, index) => put(store, `${index}`, content)));
    });

    const readAll = (reader: ObjectReader) =>
      Promise.all(contents.map(async (content, index) => (await reader.read(`${index}`, content.length))?.content.equals(content)));
    const allRight = contents.map(() => true);

    it("of many bytes has a thread of its own, which ends with it", async () => {
      const begun = await threadsDuring(async () => {
        const reader = store.openReader();
        expect(await readAll(reader)).toEqual(allRight);
        await reader.end();
      });
      expect(begun).toBe(1);
    });

    it("of few bytes needs none", async () => {
      const begun = await threadsDuring(async () => {
        const reader = store.openReader();
        for (let index = 0; index < 10; index++) await reader.read(`${index}`, 150_000);
        await reader.end();
      });
      expect(begun).toBe(0);
    });

    it.each(["online", "message"])("goes on by itself where its thread ends at its first %s", async (event) => {
      const endIt = (thread: Worker) => thread.once(event, () => void thread.terminate());
      const begun = await threadsDuring(async () => {
        const reader = store.openReader();
        for (let round = 0; round < 20; round++) expect(await readAll(reader)).toEqual(allRight);
        await reader.end();
      }, endIt);
      expect(begun).toBe(1);
    });

    it("on its thread takes no damaged file for an object, and none for another's", async () => {
      const reader = store.openReader();
      await untilOnThread(reader);
      const file = (key: string) => path.join(directory, "objects", objectFileName(key));
      // What follows the file's new end lies in the buffer still.
      const whole = await reader.read("1", 150_000);
      if (whole !== null) reader.doneWith(whole.content);
      await truncate(file("1"), 100_000);
      await writeFile(file("2"), Buffer.alloc(150_000 + 60));
      await copyFile(file("4"), file("3"));
      for (const key of ["1", "2", "3"]) await expect(reader.read(key, 150_000)).rejects.toEqual(refusal("storage_unavailable", "damaged"));
      expect((await reader.read("4", 150_000))?.content.equals(contents[4] ?? Buffer.alloc(0))).toBe(true);
      await reader.end();
    });

    it("uses the memory of what was given back for other objects, once", async () => {
      const reader = store.openReader();
      await untilOnThread(reader);
      const [first, kept] = [await reader.read("1", 150_000), await reader.read("2", 150_000)];
      if (first === null || kept === null) throw new Error("An object is not there");
      reader.doneWith(first.content);
      reader.doneWith(first.content);
      const mine = Buffer.from("of a memory that others share");
      reader.doneWith(mine);
      expect(await readAll(reader)).toEqual(allRight);
      expect(first.content).toHaveLength(0);
      expect(kept.content.equals(contents[2] ?? Buffer.alloc(0))).toBe(true);
      expect(mine.toString()).toBe("of a memory that others share");
      await reader.end();
    });

    /** What the thread has read it takes back, so that it is empty afterwards. */
    async function untilOnThread(reader: ObjectReader): Promise<void> {
      await expect.poll(async () => {
        const whole = await reader.read("0", 150_000);
        if (whole !== null) reader.doneWith(whole.content);
        await reader.read("0", 150_000);
        return whole?.content.length;
      }, { interval: 1 }).toBe(0);
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
