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

/** So many in a row that the thread could not read and the plain reader could: it will not read others either. */
const mostInVain = 64;

/**
 * Reads objects on a thread once many are read.
 *
 * @param plain reads until the thread is up, and whatever it could not read
 */
export function openThreadReader<Place>(plain: Pick<ObjectReader, "read">, options: ThreadReading<Place>): ObjectReader {
  const { together, groupsAtOnce, paysForThread, startThread, place } = options;
  let thread: ReaderThread<Place> | null = null;
  const asked = { objects: 0, bytes: 0 };
  let inVain = 0;
  return {
    together,
    groupsAtOnce,

    async read(key, size, { signal } = {}) {
      throwIfAborted(signal);
      asked.objects += 1;
      asked.bytes += size;
      if (paysForThread(asked)) thread ??= new ReaderThread(startThread, place);
      const asks = thread?.isUp === true && inVain < mostInVain ? thread : null;
      const read = asks === null ? null : await orAbort(asks.read(key, size), signal);
      if (read !== null) inVain = 0;
      const whole = read ?? (await plain.read(key, size, { signal }));
      if (asks !== null && read === null && whole !== null) inVain += 1;
      return whole;
    },

    doneWith: (content) => thread?.reuse(content),

    async end() {
      await thread?.end();
    },
  };
}
