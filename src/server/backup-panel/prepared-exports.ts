import { randomUUID } from "node:crypto";

import type { ExportOptions } from "@/bundle";

import { RequestError } from "../errors";
import { describeProblem } from "../problems";

/** A browser follows a link at once; this allows for a slow one. */
const patienceMilliseconds = 60_000;

/** An export that waits for its browser, or ended before it had a record. */
interface PreparedExport {
  userId: string;
  options: ExportOptions;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  state: "waiting" | "taken";
  failure: RequestError | null;
}

// Next may hold several copies of this module; all must know the same.
const globals: typeof globalThis & { systemBackupPreparedExports?: Map<string, PreparedExport> } = globalThis;

/**
 * Lets the same user's browser download an export with a plain GET: only so does the browser
 * itself write it to the disk. Nobody can guess the address, and it works once.
 *
 * @returns the id that the run will have
 */
export function prepareExport(userId: string, options: ExportOptions): string {
  forgetExpired();
  const id = randomUUID();
  prepared().set(id, { userId, options, expiresAt: Date.now() + patienceMilliseconds, state: "waiting", failure: null });
  return id;
}

/** @throws RequestError `download_not_found` where it is not this user's, was downloaded already, or is too old */
export function takePreparedExport(id: string, userId: string): ExportOptions {
  forgetExpired();
  const found = prepared().get(id);
  if (found?.userId !== userId || found.state !== "waiting") {
    throw new RequestError("download_not_found", "This download was used already or is over a minute old. Start the export again.");
  }
  found.state = "taken";
  // Whoever waits for a slot does so for a minute at most; until then the run has no record.
  found.expiresAt = Date.now() + 2 * patienceMilliseconds;
  return found.options;
}

/** For whoever watches: the browser that downloads shows no reason. */
export function failPreparedExport(id: string, error: unknown): void {
  const found = prepared().get(id);
  const { code, detail } = describeProblem(error);
  if (found !== undefined) found.failure = new RequestError(code, detail);
}

/**
 * Whether a run with this id is still to come.
 *
 * @throws RequestError why it will not
 */
export function isExportToCome(id: string): boolean {
  forgetExpired();
  const found = prepared().get(id);
  if (found?.failure) throw found.failure;
  return found !== undefined;
}

function forgetExpired(): void {
  for (const [id, { expiresAt }] of prepared()) {
    if (expiresAt <= Date.now()) prepared().delete(id);
  }
}

function prepared(): Map<string, PreparedExport> {
  globals.systemBackupPreparedExports ??= new Map();
  return globals.systemBackupPreparedExports;
}
