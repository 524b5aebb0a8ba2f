import { throwIfAborted } from "./abort";
import { LocalThread } from "./local-thread";
import type { ObjectReader, ObjectStore } from "./object-store";
import { openPlainReader } from "./reader";

/** Bytes: fewer are read in the time that a thread takes to start. */
const worthThread = 2 * 1024 * 1024;

/**
 * Reads objects on a thread once many are read, and by `get` until it is up, and whatever it could not read.
 *
 * @param objects the folder of the objects' files
 */
export function openLocalReader(store: Pick<ObjectStore, "get" | "requestsAtOnce">, objects: string): ObjectReader {
  const plain = openPlainReader(store);
  let thread: LocalThread | null = null;
  let readBytes = 0;
  return {
    together: 8,
    // One that the thread reads, and one that is taken from it.
    groupsAtOnce: 2,

    async read(key, size, options) {
      throwIfAborted(options?.signal);
      readBytes += size;
      if (readBytes > worthThread) thread ??= new LocalThread(objects);
      const whole = thread?.isUp ? await thread.read(key, size) : null;
      return whole ?? plain.read(key, size, options);
    },

    doneWith: (content) => thread?.reuse(content),

    async end() {
      await thread?.end();
    },
  };
}
