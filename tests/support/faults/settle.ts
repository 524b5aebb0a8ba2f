import { setTimeout as delay } from "node:timers/promises";

import type { State, Target } from "./target";

export type Ending = "undone" | "committed";

export interface Settled {
  ending: Ending;
  /** Until everything was as promised. */
  seconds: number;
  /** Of the newest import or export. */
  run: { state: string; error_code: string | null } | null;
}

/** What the issue allows a lock or what was left behind to last: a minute, and a moment to look. */
const patienceMilliseconds = 70_000;

/** Sockets to the database and to storage that a process keeps for the next request. */
const keptSockets = 80;
const memoryBound = 350;

/**
 * Waits until nothing is left of what was disturbed: rows, objects and the run's record are what they were before or
 * what an undisturbed import makes of them, and no lock, session, temporary table, half object or staged upload is left.
 */
export async function settled(target: Target): Promise<Settled> {
  const startedAt = performance.now();
  for (;;) {
    const found = await look(target);
    const seconds = (performance.now() - startedAt) / 1_000;
    if (typeof found !== "string") return { ...found, seconds };
    if (seconds * 1_000 > patienceMilliseconds) throw new Error(`Not settled within a minute: ${found}`);
    await delay(100);
  }
}

/** How it has ended; a sentence where it has not. */
async function look(target: Target): Promise<Omit<Settled, "seconds"> | string> {
  const left = [...(await target.database.leftovers()), ...(await target.storage.leftovers())];
  if (left.length > 0) return left.slice(0, 5).join("; ");
  const files = await target.staged();
  if (files.length > 0) return `staged: ${files.join(", ")}`;
  const held = await resourcesHeld(target);
  if (held !== null) return held;
  const state = await target.state();
  const ending = endingOf(state, target);
  if (typeof ending !== "string") return ending.difference;
  const { rows } = await target.database.pool.query<{ state: string; error_code: string | null }>(
    "SELECT state, error_code FROM backup_runs ORDER BY started_at DESC, id DESC LIMIT 1",
  );
  const [run = null] = rows;
  // Its end is written a moment after what it did is done or undone.
  if (run?.state === "running") return "the run's record says that it is running";
  return { ending, run };
}

function endingOf(state: State, { before, after, afterByAnother = after }: Target): Ending | { difference: string } {
  if (same(state, before)) return "undone";
  if (same(state, after) || same(state, afterByAnother)) return "committed";
  return { difference: `neither before nor after: ${differences(state, before)} | ${differences(state, after)}` };
}

function same(a: State, b: State): boolean {
  return differences(a, b) === "";
}

function differences(a: State, b: State): string {
  return [...differing("rows of", a.rows, b.rows), ...differing("object", a.objects, b.objects)].slice(0, 5).join(", ");
}

function differing(what: string, a: Record<string, string>, b: Record<string, string>): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => a[name] !== b[name]).map((name) => `${what} ${name}`);
}

async function resourcesHeld({ application, idle }: Target): Promise<string | null> {
  const now = await application.resources();
  const files = now.files.filter((file) => /\/(staging|objects|temporary)\//.test(file) || file.endsWith("(deleted)"));
  if (files.length > 0) return `open files: ${files.join(", ")}`;
  if (now.sockets > idle.sockets + keptSockets) return `${now.sockets} sockets, ${idle.sockets} when idle`;
  if (now.memory > idle.memory + memoryBound) return `${now.memory} MiB, ${idle.memory} when idle`;
  return null;
}
