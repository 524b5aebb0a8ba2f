import { constants } from "node:fs";
import { link, mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { throwIfAborted } from "./abort";
import { byteStream, consuming, verifiedChunks } from "./body";
import { StorageError } from "./errors";
import { asStorageError, inFolder, systemErrorCode } from "./local-errors";
import {
  encodeTrailer,
  isObjectFileName,
  isObjectFolderName,
  objectFileName,
  readTail,
} from "./local-file";
import type { ObjectTail, ObjectTrailer } from "./local-file";
import { openLocalReader } from "./local-reader";
import { removeLeftovers, temporaryFileName } from "./local-temporary";
import { assertObjectKey, assertObjectKeyPrefix, quoted } from "./object-key";
import type { ObjectStore, PutOptions } from "./object-store";
import { onceSuccessful } from "./once";

export interface LocalObjectStoreOptions {
  /** Made when missing. Holds `objects/` and `temporary/`, and nothing else should be in there. */
  directory: string;
}

/** Stored files are evidence of security work: for the service's own user only. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Bytes: reading so many takes less than what another operation on the file costs. */
const READ_WITH_TRAILER = 256 * 1024;

/** Files looked into at once while listing: enough to keep Node's four file threads busy. */
const LISTING_BATCH = 16;

/** Objects in a folder of this machine. Several processes may use the same folder at once. */
export function createLocalObjectStore(options: LocalObjectStoreOptions): ObjectStore {
  const directory = path.resolve(options.directory);
  const objects = path.join(directory, "objects");
  const temporary = path.join(directory, "temporary");
  // What is told to admins and in answers: where it lies is for the log.
  const description = "Local object storage";

  const prepared = onceSuccessful(async () => {
    await mkdir(objects, { recursive: true, mode: FOLDER_MODE });
    await mkdir(temporary, { recursive: true, mode: FOLDER_MODE });
    await removeLeftovers(temporary);
  });
  const guarded = <Value>(work: () => Promise<Value>) =>
    inFolder(description, async () => {
      await prepared();
      return work();
    });
  const fileOf = (key: string) => path.join(objects, objectFileName(key));

  const openObject = async (file: string, contentBytes: number): Promise<({ handle: FileHandle } & ObjectTail) | null> => {
    const handle = await openExisting(file);
    if (!handle) return null;
    const tail = await readTail(handle, contentBytes).catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    if (tail && file === fileOf(tail.trailer.key)) return { handle, ...tail };
    await handle.close();
    const cause = new Error(`${file} is not the file of an object`);
    throw new StorageError("storage_unavailable", `${description} is damaged: a file in it is not the file of an object.`, { cause });
  };

  const readObjectTrailer = async (file: string): Promise<ObjectTrailer | null> => {
    const opened = await openObject(file, 0);
    await opened?.handle.close();
    return opened?.trailer ?? null;
  };

  const readObject = async (
    key: string,
    signal: AbortSignal | undefined,
  ): Promise<{ trailer: ObjectTrailer; body: Readable }> => {
    assertObjectKey(key);
    throwIfAborted(signal);
    const opened = await guarded(() => openObject(fileOf(key), READ_WITH_TRAILER));
    if (!opened) throw missing(key);
    const { handle, trailer, content } = opened;
    if (content) {
      await guarded(() => handle.close());
      return { trailer, body: byteStream(content.length === 0 ? [] : [content], () => undefined, signal) };
    }
    const source = handle.createReadStream({ start: 0, end: trailer.size - 1 });
    const chunks = wholeObject(source, trailer, description);
    return { trailer, body: byteStream(chunks, () => source.destroy(), signal) };
  };

  const writeTemporary = async (key: string, body: Readable | Buffer, options: PutOptions): Promise<string> => {
    const file = path.join(temporary, await temporaryFileName());
    const handle = await guarded(() => open(file, "wx", FILE_MODE));
    try {
      for await (const chunk of verifiedChunks(key, body, options)) {
        await guarded(() => handle.writeFile(chunk));
      }
      await guarded(async () => {
        await handle.writeFile(encodeTrailer({ key, size: options.size, sha256: options.sha256 }));
        await handle.sync();
      });
      return file;
    } catch (error) {
      await unlink(file).catch(() => undefined);
      throw error;
    } finally {
      await guarded(() => handle.close());
    }
  };

  const publish = async (temporaryFile: string, key: string, when: PutOptions["when"]): Promise<void> => {
    const file = fileOf(key);
    const folder = path.dirname(file);
    if (await mkdir(folder, { recursive: true, mode: FOLDER_MODE })) await syncFolder(objects);
    if (when === "always") {
      await rename(temporaryFile, file);
    } else {
      await link(temporaryFile, file).catch((error: unknown) => {
        throw systemErrorCode(error) === "EEXIST" ? alreadyThere(key) : error;
      });
    }
    await syncFolder(folder);
  };

  const store: ObjectStore = {
    description,
    // Node's file operations share four threads, on which others' requests wait as well.
    requestsAtOnce: 4,

    async stat(key, { signal } = {}) {
      assertObjectKey(key);
      throwIfAborted(signal);
      const trailer = await guarded(() => readObjectTrailer(fileOf(key)));
      return trailer && { size: trailer.size, sha256: trailer.sha256 };
    },

    async get(key, { signal } = {}) {
      const { trailer, body } = await readObject(key, signal);
      return { size: trailer.size, body };
    },

    openReader: () => openLocalReader(store, objects),

    async put(key, body, options) {
      await consuming(body, async () => {
        assertObjectKey(key);
        throwIfAborted(options.signal);
        if (options.when === "absent" && (await store.stat(key))) throw alreadyThere(key);
        const file = await writeTemporary(key, body, options);
        try {
          await guarded(() => publish(file, key, options.when));
        } finally {
          await unlink(file).catch(() => undefined);
        }
      });
    },

    async copy(from, to) {
      assertObjectKey(to);
      const { trailer, body } = await readObject(from, undefined);
      await store.put(to, body, { ...trailer, contentType: "", when: "always" });
    },

    async delete(key) {
      assertObjectKey(key);
      await guarded(async () => {
        const file = fileOf(key);
        try {
          await unlink(file);
        } catch (error) {
          if (systemErrorCode(error) === "ENOENT") return;
          throw error;
        }
        await syncFolder(path.dirname(file));
      });
    },

    async discardUnfinished() {
      await guarded(() => removeLeftovers(temporary));
    },

    async *list(prefix) {
      assertObjectKeyPrefix(prefix);
      const folders = await guarded(() => readdir(objects));
      for (const folder of folders.filter(isObjectFolderName)) {
        const names = (await guarded(() => readdir(path.join(objects, folder)))).filter(isObjectFileName);
        for (let start = 0; start < names.length; start += LISTING_BATCH) {
          const batch = names.slice(start, start + LISTING_BATCH);
          const trailers = await guarded(() =>
            Promise.all(batch.map((name) => readObjectTrailer(path.join(objects, folder, name)))),
          );
          for (const trailer of trailers) {
            if (trailer?.key.startsWith(prefix)) yield { key: trailer.key, size: trailer.size };
          }
        }
      }
    },

    async check({ signal } = {}) {
      throwIfAborted(signal);
      await guarded(() => checkWritable(temporary));
    },

    async close() {},
  };
  return store;
}

/** The file's bytes without its trailer; fails where the file gives fewer. */
async function* wholeObject(
  source: Readable,
  { key, size }: ObjectTrailer,
  description: string,
): AsyncGenerator<Buffer, void, undefined> {
  let read = 0;
  try {
    for await (const chunk of source) {
      read += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw asStorageError(description, error);
  }
  if (read !== size) {
    const what = `${description} is damaged: ${quoted(key)} ended after ${read} of ${size} bytes.`;
    throw new StorageError("storage_unavailable", what);
  }
}

/** Writes and links, since that is what storing an object takes. */
async function checkWritable(temporary: string): Promise<void> {
  const file = path.join(temporary, await temporaryFileName());
  const linked = path.join(temporary, await temporaryFileName());
  try {
    const handle = await open(file, "wx", FILE_MODE);
    try {
      await handle.writeFile("check");
    } finally {
      await handle.close();
    }
    await link(file, linked);
  } finally {
    await unlink(linked).catch(() => undefined);
    await unlink(file).catch(() => undefined);
  }
}

async function openExisting(file: string): Promise<FileHandle | null> {
  try {
    // O_NOFOLLOW: a link that somebody put into the folder leads nowhere.
    return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Makes a new or removed name survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function missing(key: string): StorageError {
  return new StorageError("object_missing", `There is no object ${quoted(key)}.`);
}

function alreadyThere(key: string): StorageError {
  return new StorageError("object_exists", `There is an object ${quoted(key)} already.`);
}
