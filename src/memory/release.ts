import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";

/** Bytes: to move smaller ones takes as long as to collect them, and Node's pool is of eight kilobytes. */
const worthReleasing = 8 * 1024 + 1;

/** What is moved to a closed channel goes nowhere, and is no longer here (HTML standard, 9.4.4, "message port post message steps"). */
const { port1: nowhere, port2: otherEnd } = new MessageChannel();
otherEnd.close();

/** Resolves when what is released is gone at once; until the event loop has turned to the channel's end it waits there. */
export const releases = once(nowhere, "close");

/**
 * Gives a large buffer's memory back now instead of when V8 collects it. Left to V8, up to a
 * hundred megabytes of buffers that were used once lie about (docs/decisions/0024).
 *
 * @param buffer nobody may use it, or any other view of its memory, any more: they are empty from here on
 */
export function release(buffer: Uint8Array): void {
  const memory = buffer.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength >= worthReleasing && !isPool(memory)) nowhere.postMessage(null, [memory]);
}

/** Node cuts small buffers out of a larger one, which it refuses to move: 8 KiB, or 64 from Node 26 on. */
function isPool(memory: ArrayBuffer): boolean {
  return memory.byteLength === Buffer.poolSize;
}
