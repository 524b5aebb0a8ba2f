import { getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";

import { exportedTables } from "../tables";
import { BatchEncoder } from "./encode-batch";
import { requestSchema } from "./encoding-messages";

/** The thread behind EncodingThread: what it is told, BatchEncoder does. An error ends it, and reaches who waits for an answer. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

/** Who asks the application for something meanwhile goes first. */
const niceness = 10;
if (process.platform === "linux") yieldToOthers();

let encoder: BatchEncoder | null = null;

port.on("message", (message: unknown) => {
  const request = requestSchema.parse(message);
  if (request.kind === "table") {
    const table = exportedTables.find(({ name }) => name === request.name);
    if (table === undefined) throw new Error(`There is no table ${request.name}`);
    encoder = new BatchEncoder({ ...request, table });
    return;
  }
  if (encoder === null) throw new Error("A batch came before its table");
  const encoded = encoder.encode(request);
  // The encoder has let go of its lines: they move without a copy.
  port.postMessage(encoded, encoded.lines.map((lines) => lines.buffer));
});

/** On Linux this is the calling thread's alone (setpriority(2), "C library/kernel differences"). A courtesy: where it may not be changed, it stays. */
function yieldToOthers(): void {
  try {
    if (getPriority() < niceness) setPriority(niceness);
  } catch {
    return;
  }
}
