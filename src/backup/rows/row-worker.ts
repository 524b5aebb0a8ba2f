import { getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";

import { exportedTables } from "../tables";
import { BatchEncoder } from "./encode-batch";
import { JsonBatches } from "./json-batch";
import { requestSchema, type RowRequest } from "./row-messages";

/** The thread behind RowThread: does as it is told. An error ends it, and reaches who waits for an answer. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

/** Who asks the application for something meanwhile goes first. */
const niceness = 10;
if (process.platform === "linux") yieldToOthers();

let encoder: BatchEncoder | null = null;
let batches: JsonBatches | null = null;

port.on("message", (message: unknown) => {
  const answer = handle(requestSchema.parse(message));
  if (answer !== null) port.postMessage(answer.batch, answer.moved);
});

// What cannot be read is never answered: who waits hears of it by the thread's end.
port.on("messageerror", (error: Error) => {
  throw error;
});

function handle(request: RowRequest): { batch: unknown; moved: ArrayBuffer[] } | null {
  switch (request.kind) {
    case "imported table": {
      const table = exportedTables.find(({ name }) => name === request.name);
      if (table === undefined) throw new Error(`There is no table ${request.name}`);
      encoder = new BatchEncoder({ ...request, table });
      return null;
    }
    case "rows": {
      if (encoder === null) throw new Error("Rows came before their table");
      const batch = encoder.encode(request);
      // The encoder has let go of its lines: they move without a copy.
      return { batch, moved: batch.lines.map((lines) => lines.buffer) };
    }
    case "exported table":
      batches = new JsonBatches(request.name);
      return null;
    case "lines": {
      if (batches === null) throw new Error("Lines came before their table");
      const { bytes } = request;
      const batch = batches.make(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      return { batch, moved: [batch.json.buffer] };
    }
  }
}

/** On Linux this is the calling thread's alone (setpriority(2), "C library/kernel differences"). A courtesy: where it may not be changed, it stays. */
function yieldToOthers(): void {
  try {
    if (getPriority() < niceness) setPriority(niceness);
  } catch {
    return;
  }
}
