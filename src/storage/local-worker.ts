import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { objectFileName } from "./local-file";
import type { ReadAnswer, ReadRequest } from "./local-thread";
import { WholeFiles } from "./local-whole";

/** The thread behind LocalThread: waits for the disk instead of the event loop. */
const port = parentPort;
if (port === null || typeof workerData !== "string") throw new Error("This file runs as a thread");
const folder = workerData;

const files = new WholeFiles();

port.on("message", ({ objects, spare }: ReadRequest) => {
  files.reuse(spare);
  const answer: ReadAnswer = [];
  const moved: ArrayBuffer[] = [];
  for (const { key, size } of objects) {
    const whole = readOrNull(key, size);
    answer.push(whole);
    if (whole) moved.push(whole.content.buffer);
  }
  port.postMessage(answer, moved);
});

/** Why a file cannot be read is found out where errors have their names. */
function readOrNull(key: string, size: number): ReadAnswer[number] {
  try {
    return files.read(path.join(folder, objectFileName(key)), key, size);
  } catch {
    return null;
  }
}
