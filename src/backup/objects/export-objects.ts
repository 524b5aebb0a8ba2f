import { setImmediate as breathe } from "node:timers/promises";

import { BundleError, type BundleWriter } from "@/bundle";
import { sha256Of, StorageError, type ObjectReader, type ObjectStore, type WholeObject } from "@/storage";

import { inOrder } from "../in-order";
import type { Warning } from "../report";
import { keysNamed, nameKeys } from "./name-keys";
import type { StoredFile } from "./stored-files";

/** Objects up to this size are fetched ahead and held whole, so that the writer can check them before it writes. */
const fetchedAhead = 1024 * 1024;

/** Groups after which others have a turn: tiny objects are read while those before them are written, so that none would come by itself. */
const groupsInARow = 16;

type Fetched =
  | { state: "whole"; file: StoredFile; whole: WholeObject }
  | { state: "large"; file: StoredFile }
  | { state: "missing" | "different"; file: StoredFile };

/**
 * Writes the object of every file into the bundle. An object that is gone, or is not what
 * its row says, is left out with a warning: a bundle never holds other bytes than its
 * rows promise, and one rotten file does not keep an installation from being moved.
 */
export async function exportObjects(
  files: AsyncIterable<StoredFile>,
  writer: BundleWriter,
  objects: ObjectStore,
  signal: AbortSignal,
  onObject: (file: StoredFile) => void,
): Promise<{ count: number; bytes: number; warnings: Warning[] }> {
  const reader = objects.openReader();
  try {
    return await new ObjectExport(writer, objects, reader, signal).run(files, onObject);
  } finally {
    await reader.end();
  }
}

class ObjectExport {
  private readonly leftOut = { missing: new LeftOut(), different: new LeftOut() };

  constructor(
    private readonly writer: BundleWriter,
    private readonly objects: ObjectStore,
    private readonly reader: ObjectReader,
    private readonly signal: AbortSignal,
  ) {}

  async run(files: AsyncIterable<StoredFile>, onObject: (file: StoredFile) => void) {
    const written = { count: 0, bytes: 0 };
    const groups = inGroups(files, this.reader.together);
    const fetchAll = (group: StoredFile[]) => allOf(group.map((file) => this.fetch(file)));
    let inARow = 0;
    for await (const group of inOrder(groups, this.reader.groupsAtOnce, fetchAll)) {
      if (++inARow % groupsInARow === 0) await breathe();
      for (const fetched of group) {
        const { file } = fetched;
        const state = await this.write(fetched);
        if (state !== "written") {
          this.leftOut[state].add(file.key);
          continue;
        }
        written.count++;
        written.bytes += file.size;
        onObject(file);
      }
    }
    return { ...written, warnings: this.warnings() };
  }

  private async fetch(file: StoredFile): Promise<Fetched> {
    try {
      return await this.fetchPresent(file);
    } catch (error) {
      if (error instanceof StorageError && error.code === "object_missing") return { state: "missing", file };
      throw error;
    }
  }

  private async fetchPresent(file: StoredFile): Promise<Fetched> {
    const { signal } = this;
    if (file.size <= fetchedAhead) {
      const whole = await this.reader.read(file.key, file.size, { signal });
      return whole === null ? { state: "different", file } : { state: "whole", file, whole };
    }
    const { size, body } = await this.objects.get(file.key, { signal });
    if (size !== file.size) {
      body.destroy();
      return { state: "different", file };
    }
    // Read through once before its first byte goes out: what is in the bundle cannot be taken back.
    return (await sha256Of(body)) === file.sha256 ? { state: "large", file } : { state: "different", file };
  }

  private async write(fetched: Fetched): Promise<"written" | "missing" | "different"> {
    const { state, file } = fetched;
    switch (state) {
      case "missing":
      case "different":
        return state;
      case "large":
        await this.writer.writeObject(file, (await this.objects.get(file.key, { signal: this.signal })).body);
        return "written";
      case "whole":
        return (await this.isWritten(file, fetched.whole)) ? "written" : "different";
    }
  }

  private async isWritten(file: StoredFile, whole: WholeObject): Promise<boolean> {
    try {
      await this.writer.writeObject(file, whole, (content) => this.reader.doneWith(content));
      return true;
    } catch (error) {
      if (error instanceof BundleError && error.code === "object_differs") return false;
      throw error;
    }
  }

  private warnings(): Warning[] {
    return [
      this.leftOut.missing.warning("object_missing", "are not in object storage and were left out"),
      this.leftOut.different.warning("object_differs", "are not what their rows say and were left out"),
    ].flat();
  }
}

/** Fails only when nothing is under way any more. */
async function allOf<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** As many as are fetched together, or of so many bytes together as are fetched ahead. */
async function* inGroups(files: AsyncIterable<StoredFile>, together: number): AsyncGenerator<StoredFile[]> {
  let group: StoredFile[] = [];
  let bytes = 0;
  for await (const file of files) {
    if (group.length === together || bytes + file.size > fetchedAhead) {
      if (group.length > 0) yield group;
      group = [];
      bytes = 0;
    }
    group.push(file);
    bytes += file.size;
  }
  if (group.length > 0) yield group;
}

class LeftOut {
  private count = 0;
  private readonly keys: string[] = [];

  add(key: string): void {
    this.count++;
    if (this.keys.length < keysNamed) this.keys.push(key);
  }

  warning(code: string, what: string): Warning[] {
    if (this.count === 0) return [];
    const message = `${this.count} stored files ${what}: ${nameKeys(this.keys, this.count)}`;
    return [{ code, message, table: "files", count: this.count }];
  }
}
