import { parentPort } from "node:worker_threads";

import { asBuffer } from "@/memory/as-buffer";
import { yieldToOthers } from "@/threads/manners";

import type { PackAnswer, PackRequest } from "./pack-messages";
import { refusalOf, type Refusal } from "./refusal";
import { TablePacker } from "./table-packer";

/** The thread behind PackThread: does as it is told. An error that is none of the bundle's ends it, and reaches who waits for an answer. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

yieldToOthers();

let packer: TablePacker | null = null;
/** Of a row of this table, after which there is nothing to be packed. */
let refusal: Refusal | null = null;

port.on("message", (request: PackRequest) => {
  if (request.kind === "table") {
    packer = new TablePacker(request.name);
    refusal = null;
    return;
  }
  const answer = refusal ?? answerTo(request);
  port.postMessage(answer, buffersOf(answer));
});

// What cannot be read is never answered: who waits hears of it by the thread's end.
port.on("messageerror", (error: Error) => {
  throw error;
});

function answerTo(request: Exclude<PackRequest, { kind: "table" }>): PackAnswer {
  try {
    return pack(request);
  } catch (error) {
    return (refusal = refusalOf(error));
  }
}

function pack(request: Exclude<PackRequest, { kind: "table" }>): PackAnswer {
  if (packer === null) throw new Error("Rows came before their table");
  switch (request.kind) {
    case "rows":
      return { kind: "packed", packed: packer.push(asBuffer(request.json)), spare: request.json, table: null };
    case "end of rows":
      return { kind: "packed", packed: packer.end(), spare: null, table: packer.table };
  }
}

function buffersOf(answer: PackAnswer): ArrayBuffer[] {
  if (answer.kind === "refused") return [];
  const buffers = answer.packed.map(({ buffer }) => buffer);
  return answer.spare === null ? buffers : [...buffers, answer.spare.buffer];
}
