import { getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";

import { releases } from "@/memory/release";

import { exportedTables } from "../tables";
import { BatchEncoder } from "./encode-batch";
import { requestSchema, type RowRequest } from "./row-messages";
import { TableExport, type PackedBatch } from "./table-export";

/** The thread behind RowThread: does as it is told. An error ends it, and reaches who waits for an answer. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

/** Who asks the application for something meanwhile goes first. */
const niceness = 10;
if (process.platform === "linux") yieldToOthers();

let encoder: BatchEncoder | null = null;
let table: TableExport | null = null;

// Once it has messages the event loop turns to nothing else while there are more: a hundred megabytes waited for it.
await untilReleasing();
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
      const definition = exportedTables.find(({ name }) => name === request.name);
      if (definition === undefined) throw new Error(`There is no table ${request.name}`);
      encoder = new BatchEncoder({ ...request, table: definition });
      return null;
    }
    case "rows": {
      if (encoder === null) throw new Error("Rows came before their table");
      const batch = encoder.encode(request);
      // The encoder has let go of its lines: they move without a copy.
      return { batch, moved: batch.lines.map((lines) => lines.buffer) };
    }
    case "exported table":
      table = new TableExport(request.name);
      return null;
    case "lines": {
      const { bytes } = request;
      return moving(exported().push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)));
    }
    case "end of lines":
      return moving(exported().end());
  }
}

function exported(): TableExport {
  if (table === null) throw new Error("Lines came before their table");
  return table;
}

function moving(batch: PackedBatch): { batch: PackedBatch; moved: ArrayBuffer[] } {
  const buffers = batch.lines === null ? batch.packed : [...batch.packed, batch.lines];
  return { batch, moved: buffers.map(({ buffer }) => buffer) };
}

async function untilReleasing(): Promise<void> {
  // Nothing else keeps the thread: it listens to nobody yet.
  const awake = setInterval(() => undefined, 1000);
  await releases;
  clearInterval(awake);
}

/** On Linux this is the calling thread's alone (setpriority(2), "C library/kernel differences"). A courtesy: where it may not be changed, it stays. */
function yieldToOthers(): void {
  try {
    if (getPriority() < niceness) setPriority(niceness);
  } catch {
    return;
  }
}
