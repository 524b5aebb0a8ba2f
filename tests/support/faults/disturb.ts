import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { z } from "zod";

import { bundleTables } from "@/backup";
import { BundleError, openBundle } from "@/bundle";

import { api, bearer, call } from "../api";
import { download, sendBundle, type Answer, type Download, type Sending } from "./requests";
import { settled, type Settled } from "./settle";
import type { Target } from "./target";

export interface Disturbance {
  /** When it comes: the share of an undisturbed import's time, or of an export's bytes. */
  at: number;
  /** What breaks; given the request for faults that are the client's. */
  strike: (sending: Pick<Sending, "leave">) => void | Promise<void>;
  /** Makes whole again what broke, so that the application can do its part. */
  repair?: () => Promise<void>;
  /** Counted from when the import is first seen at this, rather than from its beginning. */
  phase?: string;
  /** The database may be gone for so long in the middle of the COMMIT that nobody can tell how it ended. */
  mayStayUncertain?: boolean;
  /** Instead of a share of the time: resolves when it is time to strike. */
  when?: () => Promise<void>;
}

export interface Disturbed extends Settled {
  answer: Answer;
  /** What the import was at when it was struck. */
  phase: string;
}

/** Imports, breaks something in the middle, and waits until everything is as promised. */
export async function disturbImport(target: Target, disturbance: Disturbance): Promise<Disturbed> {
  const watch = watchPhase(target);
  const sending = await sendBundle(target, "/import", target.bundle, { conflict_mode: "merge" });
  await Promise.race([timeToStrike(target, disturbance, watch), sending.answer]);
  const phase = watch.stop();
  await disturbance.strike(sending);
  const answer = await sending.answer;
  if (answer.status === 500) throw new Error(`A defect was answered:\n${linesOfDefects(target.application.log())}`);
  await disturbance.repair?.();
  const end = await settled(target);
  checkRecord(answer, end, disturbance.mayStayUncertain === true);
  return { ...end, answer, phase };
}

async function timeToStrike(target: Target, { at, phase, when }: Disturbance, watch: PhaseWatch): Promise<void> {
  if (when !== undefined) return when();
  while (phase !== undefined && !watch.stopped() && watch.phase() !== phase) await delay(5);
  await delay(at * target.duration);
}

/** What the client was told, what the run's record says and what there is must be the same. */
function checkRecord({ status, json }: Answer, { ending, run }: Settled, mayStayUncertain: boolean): void {
  const told = `answered ${status} ${JSON.stringify(json).slice(0, 300)}, run ${JSON.stringify(run)}, import ${ending}`;
  if ((run?.state === "succeeded") !== (ending === "committed")) throw new Error(`The record is wrong: ${told}`);
  if (status === 200 && ending !== "committed") throw new Error(`The client was told of a success: ${told}`);
  // Who is told that nobody can tell is told of neither.
  if (mayStayUncertain && json["code"] === "commit_uncertain") return;
  if (status >= 400 && ending !== "undone") throw new Error(`The client was told of a failure: ${told}`);
}

function linesOfDefects(log: string): string {
  return log
    .split("\n")
    .filter((line) => line.includes('"a defect"'))
    .join("\n");
}

/** Its run is not recorded yet. */
const notBegun = "sending";

const runsSchema = z.object({ runs: z.array(z.object({ progress: z.object({ phase: z.string() }).nullable() })) });

interface PhaseWatch {
  /** What the newest run is at. */
  phase(): string;
  stopped(): boolean;
  stop(): string;
}

function watchPhase(target: Target): PhaseWatch {
  let phase = notBegun;
  let stopped = false;
  const look = async () => {
    while (!stopped) {
      const init = { headers: bearer(target.key), signal: AbortSignal.timeout(5_000) };
      const answer = await call(target, `${api}/runs?limit=1`, init).catch(() => null);
      const progress = runsSchema.safeParse(answer?.json).data?.runs[0]?.progress;
      if (progress && !stopped) phase = progress.phase;
      await delay(20);
    }
  };
  void look();
  return {
    phase: () => phase,
    stopped: () => stopped,
    stop: () => {
      stopped = true;
      return phase;
    },
  };
}

/** Imports again until it is let in; the end must be that of an undisturbed import. */
export async function retryImport(target: Target): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const sending = await sendBundle(target, "/import", target.bundle, { conflict_mode: "merge" });
    const sentAt = performance.now();
    const { status, json } = await sending.answer;
    // The latest: how fast the machine is depends on what else it does.
    if (status === 200) target.duration = performance.now() - sentAt;
    if (status === 200) break;
    const waits = status === 409 && json["code"] === "import_running";
    if (!waits || performance.now() - startedAt > 60_000) throw new Error(`The retry ended with ${status} ${JSON.stringify(json)}`);
    await delay(250);
  }
  const seconds = (performance.now() - startedAt - target.duration) / 1_000;
  const { ending } = await settled(target);
  if (ending !== "committed") throw new Error("The retry did not end like an undisturbed import.");
  return Math.max(0, seconds);
}

/** What Linux holds between two processes: 4 MiB at the sender (tcp_wmem) and as much again, or a little more, at the receiver (tcp_rmem). */
const underWayAtMost = 8 * 1024 * 1024;

export interface DisturbedExport extends Settled {
  download: Download;
  whole: boolean;
  /** All bytes may have been under way when it was struck: the application cannot know what of them the client never took. */
  mayHaveSentAll: boolean;
}

/** Exports, breaks something in the middle, and waits until nothing is left of it. What arrived is a whole bundle or none. */
export async function disturbExport(target: Target, disturbance: Disturbance & { size: number }): Promise<DisturbedExport> {
  let struck: Promise<void> | undefined;
  const strike = async (leave: () => void) => disturbance.strike({ leave });
  const taken = await download(target, async (arrived, leave) => {
    if (struck === undefined && arrived >= disturbance.at * disturbance.size) await (struck = strike(leave));
  });
  await struck;
  await disturbance.repair?.();
  const whole = await isWhole(target, taken);
  const end = await settled(target);
  if (end.ending !== "undone") throw new Error("An export changed something.");
  const succeeded = end.run?.state === "succeeded";
  // A client may miss the end of what succeeded; nobody may get a whole bundle of what is said to have failed.
  if (whole && !succeeded) throw new Error(`A whole bundle arrived, and its run is ${JSON.stringify(end.run)}`);
  return { ...end, download: taken, whole, mayHaveSentAll: disturbance.size * (1 - disturbance.at) < underWayAtMost };
}

/** Whether what arrived opens as a bundle; the reader refuses anything less with a code. */
async function isWhole({ dataDirectory }: Target, { status, bytes, complete }: Download): Promise<boolean> {
  // A problem, told before anything of a bundle was sent.
  if (status !== 200) return false;
  const file = path.join(dataDirectory, "arrived.zip");
  await writeFile(file, bytes);
  try {
    const bundle = await openBundle(file, { knownTables: bundleTables });
    await bundle.close();
    return true;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    if (complete && bytes.length > 0) throw new Error(`An answer that looked whole was refused: ${error.code}`, { cause: error });
    return false;
  } finally {
    await rm(file);
  }
}
