import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds: what is still not answered is an upload, a download, a subscription or an import, and nobody waits for it. */
const youth = 200;
/** Milliseconds: two answers of a page take less. However many ask, the work goes on. */
const patience = 15;
const lookAgain = 1;

// The server is the start command's, who gives way is in Next's copy of this module: one map for the process.
const globals: typeof globalThis & { systemBackupRequests?: Map<ServerResponse, number> } = globalThis;

/** Requests that are not answered yet, and when they began. */
function requests(): Map<ServerResponse, number> {
  globals.systemBackupRequests ??= new Map();
  return globals.systemBackupRequests;
}

/** Counts a request until its response is sent or its connection has ended. */
export function noteRequest(response: ServerResponse): void {
  requests().set(response, performance.now());
  response.once("close", () => requests().delete(response));
}

/**
 * For work that takes minutes, between two of its steps: waits while requests that have just
 * begun are answered, 15 ms at most. What the work would have had PostgreSQL and threads do
 * meanwhile would take the cores that these need (docs/decisions/0023).
 */
export async function giveWay(): Promise<void> {
  const deadline = performance.now() + patience;
  while (isAnyYoung() && performance.now() < deadline) await sleep(lookAgain);
}

function isAnyYoung(): boolean {
  const oldest = performance.now() - youth;
  for (const begun of requests().values()) if (begun > oldest) return true;
  return false;
}
