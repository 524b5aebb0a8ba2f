import { read } from "node:fs";
import { promisify } from "node:util";
import { parentPort } from "node:worker_threads";

import { untilReleasing, yieldToOthers } from "@/threads/manners";

import type { BundleLimits } from "../limits";
import { refusalOf } from "../refusal";
import type { ReadableFile } from "../zip/file-window";
import type { StatedEntry } from "./stated-entry";
import type { VerifyAnswer, VerifyRequest } from "./verify-messages";
import { verifyRun } from "./verify-run";

/** The thread behind VerifyThread: does as it is told, one run at a time. An error that is none of the bundle's ends it, and reaches who waits for an answer. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

yieldToOthers();

const readFrom = promisify(read);
let archive: { file: ReadableFile; limits: BundleLimits } | null = null;

await untilReleasing();
port.on("message", (request: VerifyRequest) => {
  if (request.kind === "archive") {
    const { fd, limits } = request;
    archive = { file: { read: (buffer, offset, length, position) => readFrom(fd, buffer, offset, length, position) }, limits };
    return;
  }
  void verify(request.entries).then((answer) => port.postMessage(answer));
});

// What cannot be read is never answered: who waits hears of it by the thread's end.
port.on("messageerror", (error: Error) => {
  throw error;
});

async function verify(entries: readonly StatedEntry[]): Promise<VerifyAnswer> {
  if (archive === null) throw new Error("A run came before its archive");
  try {
    return { kind: "verified", longestRows: await verifyRun(archive.file, entries, archive.limits) };
  } catch (error) {
    return refusalOf(error);
  }
}
