import { BundleError, type BundleWriter } from "@/bundle";
import { sha256Of, StorageError, type ObjectStore } from "@/storage";

import { inOrder } from "../in-order";
import type { Warning } from "../report";
import { gather } from "./body";
import { keysNamed, nameKeys } from "./name-keys";
import type { StoredFile } from "./stored-files";

/** Objects up to this size are fetched ahead and held whole, so that the writer can check them before it writes. */
const fetchedAhead = 1024 * 1024;

type Fetched =
  | { state: "whole"; file: StoredFile; content: Buffer }
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
  const written = { count: 0, bytes: 0 };
  const leftOut = { missing: new LeftOut(), different: new LeftOut() };
  for await (const fetched of inOrder(files, objects.requestsAtOnce, (file) => fetch(file, objects, signal))) {
    const { file } = fetched;
    const state = await write(fetched, writer, objects, signal);
    if (state !== "written") {
      leftOut[state].add(file.key);
      continue;
    }
    written.count++;
    written.bytes += file.size;
    onObject(file);
  }
  const warnings = [
    leftOut.missing.warning("object_missing", "are not in object storage and were left out"),
    leftOut.different.warning("object_differs", "are not what their rows say and were left out"),
  ].flat();
  return { ...written, warnings };
}

async function fetch(file: StoredFile, objects: ObjectStore, signal: AbortSignal): Promise<Fetched> {
  try {
    const { size, body } = await objects.get(file.key, { signal });
    if (size !== file.size) {
      body.destroy();
      return { state: "different", file };
    }
    if (size > fetchedAhead) {
      // Read through once before its first byte goes out: what is in the bundle cannot be taken back.
      return (await sha256Of(body)) === file.sha256 ? { state: "large", file } : { state: "different", file };
    }
    return { state: "whole", file, content: await gather(body) };
  } catch (error) {
    if (error instanceof StorageError && error.code === "object_missing") return { state: "missing", file };
    throw error;
  }
}

async function write(
  fetched: Fetched,
  writer: BundleWriter,
  objects: ObjectStore,
  signal: AbortSignal,
): Promise<"written" | "missing" | "different"> {
  const { state, file } = fetched;
  switch (state) {
    case "missing":
    case "different":
      return state;
    case "large":
      await writer.writeObject(file, await open(file, objects, signal));
      return "written";
    case "whole":
      return (await isWritten(file, fetched.content, writer)) ? "written" : "different";
  }
}

async function isWritten(file: StoredFile, content: Buffer, writer: BundleWriter): Promise<boolean> {
  try {
    await writer.writeObject(file, content);
    return true;
  } catch (error) {
    if (error instanceof BundleError && error.code === "object_differs") return false;
    throw error;
  }
}

async function open(file: StoredFile, objects: ObjectStore, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
  return (await objects.get(file.key, { signal })).body;
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
