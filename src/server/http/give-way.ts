import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds: what is still not answered is an upload, a download, a subscription or an import, and nobody waits for it. */
const youth = 200;
/** Milliseconds: two answers of a page take less. However many ask, the work goes on. */
const patience = 15;
/** Milliseconds that work may go on before it looks again: it takes two and a half times as long at most. */
const turn = 10;
const lookAgain = 1;

// The server is the start command's, who gives way is in Next's copy of this module: one map for the process.
const globals: typeof globalThis & { systemBackupRequests?: Map<ServerResponse, number> } = globalThis;

/** Young requests that are not answered yet, and when they began, which is their order. */
function requests(): Map<ServerResponse, number> {
  globals.systemBackupRequests ??= new Map();
  return globals.systemBackupRequests;
}

/** Counts a request until its response is sent, its connection has ended, or it is no longer young. */
export function noteRequest(response: ServerResponse): void {
  forgetOld();
  requests().set(response, performance.now());
  response.once("close", () => requests().delete(response));
}

/**
 * For one piece of work that may take minutes, to be called between its steps: waits while requests
 * that began after it did, and have just begun, are answered, 15 ms at most. What the work would
 * have had PostgreSQL and threads do meanwhile would take the cores that these need
 * (docs/decisions/0023).
 */
export function givingWay(): () => Promise<void> {
  const startedAt = performance.now();
  let turnEnds = startedAt;
  return async () => {
    if (performance.now() < turnEnds) return;
    const deadline = performance.now() + patience;
    while (isAnyAfter(startedAt) && performance.now() < deadline) await sleep(lookAgain);
    turnEnds = performance.now() + turn;
  };
}

function isAnyAfter(time: number): boolean {
  forgetOld();
  for (const begun of requests().values()) if (begun > time) return true;
  return false;
}

/** Also those of which the end is never heard: pipelined ones whose client has left. */
function forgetOld(): void {
  const oldest = performance.now() - youth;
  for (const [response, begun] of requests()) {
    if (begun > oldest) return;
    requests().delete(response);
  }
}
