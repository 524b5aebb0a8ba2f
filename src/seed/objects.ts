import { Readable } from "node:stream";
import type { ObjectStore } from "@/storage";
import type { FileContent } from "./file-contents";
import { sha256Of } from "./stored-files";

export interface SeedObject {
  readonly key: string;
  readonly contentType: string;
  readonly content: FileContent;
}

/** Enough to keep S3's round trips from adding up; more gains nothing on two cores. */
const concurrentWrites = 8;

/** Objects up to this size travel as one buffer, which costs less than a stream. */
const bufferedBytes = 256 * 1024;

/** How far writing came. */
export interface ObjectProgress {
  /** Objects begun, from the first on. */
  begun: number;
  bytes: number;
}

/**
 * Writes the objects, a few at a time. Their keys follow from the seed, so an object that is there already is what a
 * seed that was cut short left behind: it is written again.
 *
 * @throws StorageError what was begun until then stands in `progress`.
 */
export async function writeObjects(
  store: ObjectStore,
  objects: Iterable<SeedObject>,
  progress: ObjectProgress,
  signal?: AbortSignal,
): Promise<void> {
  await forEachConcurrently(objects, async (object) => {
    signal?.throwIfAborted();
    progress.begun++;
    await writeObject(store, object, signal);
    progress.bytes += object.content.size;
  });
}

/** Takes away again what a failed seed wrote, as far as the store allows. */
export async function removeObjects(
  store: ObjectStore,
  objects: Iterable<SeedObject>,
  { begun }: ObjectProgress,
): Promise<void> {
  await forEachConcurrently(first(begun, objects), ({ key }) => store.delete(key));
}

function* first<T>(count: number, items: Iterable<T>): Generator<T> {
  let left = count;
  if (left === 0) return;
  for (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}

/** The first failure ends the rest. */
async function forEachConcurrently<T>(items: Iterable<T>, act: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failed = false;
  const work = async () => {
    for (let next = queue.next(); next.done !== true && !failed; next = queue.next()) {
      await act(next.value).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: concurrentWrites }, work));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function writeObject(
  store: ObjectStore,
  { key, contentType, content }: SeedObject,
  signal?: AbortSignal,
): Promise<void> {
  const { size, chunks } = content;
  const body = size <= bufferedBytes ? Buffer.concat([...chunks()]) : Readable.from(chunks(), { objectMode: false });
  await store.put(key, body, { size, sha256: sha256Of(content), contentType, when: "always", signal });
}
