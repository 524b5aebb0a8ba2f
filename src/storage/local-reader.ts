import { Worker } from "node:worker_threads";
import type { ObjectReader, ObjectStore } from "./object-store";
import { plainReader } from "./plain-reader";
import { openThreadReader } from "./thread-reader";

/**
 * Made of local-worker.ts by `npm run generate`: Node's threads cannot load TypeScript.
 * Next's build bundles it once more, into .next.
 */
const program = new URL("../generated/local-worker.mjs", import.meta.url);

/** Bytes: fewer are read in the time that a thread takes to start. */
const worthThread = 2 * 1024 * 1024;

/**
 * From the event loop each file takes four turns of it, each as long as a thread takes for the whole.
 *
 * @param folder of the objects' files
 */
export function openLocalReader(store: Pick<ObjectStore, "get">, folder: string): ObjectReader {
  return openThreadReader<string>(plainReader(store), {
    together: 8,
    // One that the thread reads, and one that is taken from it.
    groupsAtOnce: 2,
    paysForThread: ({ bytes }) => bytes > worthThread,
    // Without the options of the process, which may load what only the main thread needs.
    startThread: () => new Worker(program, { execArgv: [] }),
    place: folder,
  });
}
