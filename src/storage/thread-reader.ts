import type { Worker } from "node:worker_threads";
import { orAbort, throwIfAborted } from "./abort";
import type { ObjectReader } from "./object-store";
import { ReaderThread } from "./reader-thread";

export interface ThreadReading<Place> {
  together: number;
  groupsAtOnce: number;
  /** Whether so many more objects are likely to come that they pay for the start of a thread. */
  paysForThread(read: { objects: number; bytes: number }): boolean;
  startThread(): Worker;
  place: Place;
}

/**
 * Reads objects on a thread once many are read.
 *
 * @param plain reads until the thread is up, and whatever it could not read
 */
export function openThreadReader<Place>(plain: Pick<ObjectReader, "read">, options: ThreadReading<Place>): ObjectReader {
  const { together, groupsAtOnce, paysForThread, startThread, place } = options;
  let thread: ReaderThread<Place> | null = null;
  const asked = { objects: 0, bytes: 0 };
  return {
    together,
    groupsAtOnce,

    async read(key, size, { signal } = {}) {
      throwIfAborted(signal);
      asked.objects += 1;
      asked.bytes += size;
      if (paysForThread(asked)) thread ??= new ReaderThread(startThread, place);
      const whole = thread?.isUp ? await orAbort(thread.read(key, size), signal) : null;
      return whole ?? plain.read(key, size, { signal });
    },

    doneWith: (content) => thread?.reuse(content),

    async end() {
      await thread?.end();
    },
  };
}
