import { read } from "node:fs";
import { promisify } from "node:util";
import { parentPort } from "node:worker_threads";

import { untilReleasing, yieldToOthers } from "@/threads/manners";

import { refusalOf } from "../refusal";
import { RunReader } from "./run-reader";
import type { Run } from "./runs";
import type { VerifyAnswer, VerifyRequest } from "./verify-messages";

/** The thread behind VerifyThread: does as it is told, one run at a time. An error that is none of the bundle's ends it, and reaches who waits for an answer. */
const port = parentPort;
if (port === null) throw new Error("This file runs as a thread");

yieldToOthers();

const readFrom = promisify(read);
let reader: RunReader | null = null;

await untilReleasing();
port.on("message", (request: VerifyRequest) => {
  if (request.kind === "archive") {
    const { fd, limits } = request;
    reader = new RunReader({ read: (buffer, offset, length, position) => readFrom(fd, buffer, offset, length, position) }, limits);
    return;
  }
  verify(request.run).then(
    (answer) => port.postMessage(answer),
    // Out of the promise, where it ends the thread whatever Node is told to do with rejections.
    (error: unknown) => setImmediate(() => fail(error)),
  );
});

// What cannot be read is never answered: who waits hears of it by the thread's end.
port.on("messageerror", fail);

async function verify(run: Run): Promise<VerifyAnswer> {
  if (reader === null) throw new Error("A run came before its archive");
  try {
    return { kind: "verified", longestRows: await reader.verify(run) };
  } catch (error) {
    return refusalOf(error);
  }
}

function fail(error: unknown): never {
  throw error;
}
