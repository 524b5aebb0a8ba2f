import path from "node:path";
import { parentPort } from "node:worker_threads";
import { objectFileName } from "./local-file";
import { WholeFiles } from "./local-whole";
import type { ReadAnswer, ReadRequest } from "./reader-thread";
import { SpareBuffers } from "./spare-buffers";

/** The thread of local storage's reader: waits for the disk instead of the event loop. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

const buffers = new SpareBuffers();
const files = new WholeFiles(buffers);

port.on("message", ({ place: folder, objects, spare }: ReadRequest<string>) => {
  buffers.reuse(spare);
  const answer: ReadAnswer = [];
  const moved: ArrayBuffer[] = [];
  for (const { id, key, size } of objects) {
    const whole = readOrNull(path.join(folder, objectFileName(key)), key, size);
    answer.push({ id, whole });
    if (whole) moved.push(whole.content.buffer);
  }
  port.postMessage(answer, moved);
});

/** Why a file cannot be read is found out where errors have their names. */
function readOrNull(file: string, key: string, size: number): ReadAnswer[number]["whole"] {
  try {
    return files.read(file, key, size);
  } catch {
    return null;
  }
}
