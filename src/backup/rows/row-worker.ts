import { parentPort } from "node:worker_threads";

import { asBuffer } from "@/memory/as-buffer";
import { untilReleasing, yieldToOthers } from "@/threads/manners";

import { exportedTables } from "../tables";
import { BatchEncoder } from "./encode-batch";
import { JsonBuffers } from "./json-buffers";
import type { RowRequest } from "./row-messages";
import { TableRows } from "./table-rows";

/** The thread behind RowThread: does as it is told. An error ends it, and reaches who waits for an answer. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

yieldToOthers();

let encoder: BatchEncoder | null = null;
let table: TableRows | null = null;
const buffers = new JsonBuffers();

await untilReleasing();
port.on("message", (request: RowRequest) => {
  const answer = handle(request);
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
      table = new TableRows(request.name);
      return null;
    case "lines": {
      if (table === null) throw new Error("Lines came before their table");
      const { bytes } = request;
      for (const spare of request.spare) buffers.giveBack(spare);
      const json: Buffer<ArrayBuffer>[] = [];
      const written = table.write(asBuffer(bytes), (pieces) => json.push(buffers.gather(pieces)));
      const moved = [bytes.buffer, ...json.map(({ buffer }) => buffer)];
      return { batch: { ...written, json, lines: bytes }, moved };
    }
  }
}
