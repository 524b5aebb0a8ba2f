import path from "node:path";
import { parentPort } from "node:worker_threads";
import { objectFileName } from "./local-file";
import type { ReadAnswer, ReadRequest } from "./local-thread";
import { WholeFiles } from "./local-whole";

/** The thread behind LocalThread: waits for the disk instead of the event loop. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

const files = new WholeFiles();

port.on("message", ({ folder, objects, spare }: ReadRequest) => {
  files.reuse(spare);
  const answer: ReadAnswer = [];
  const moved: ArrayBuffer[] = [];
  for (const { key, size } of objects) {
    const whole = readOrNull(path.join(folder, objectFileName(key)), key, size);
    answer.push(whole);
    if (whole) moved.push(whole.content.buffer);
  }
  port.postMessage(answer, moved);
});

/** Why a file cannot be read is found out where errors have their names. */
function readOrNull(file: string, key: string, size: number): ReadAnswer[number] {
  try {
    return files.read(file, key, size);
  } catch {
    return null;
  }
}
