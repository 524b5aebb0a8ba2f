import type { FileHandle } from "node:fs/promises";
import { availableParallelism } from "node:os";

import type { StatedContents } from "../contents";
import type { BundleLimits } from "../limits";
import { Runs, type Run } from "./runs";
import { verifyRun, type LongestRows } from "./verify-run";
import { VerifyThread, VerifyThreadLost } from "./verify-thread";

export interface VerifyOptions {
  signal: AbortSignal | undefined;
  /** Called with the bytes of the archive that were verified since the last call. */
  onVerified: (bytes: number) => void;
}

/** Bytes of content: fewer are verified in about the time that a thread takes to start and to be compiled. */
const worthThread = 128 * 1024 * 1024;

/**
 * Reads the whole archive once, each run of entries here or on a thread beside, whoever is free: every byte belongs to a
 * record, every content has its size, CRC-32 and SHA-256, every data file the rows that the manifest counts.
 *
 * @returns of every data file, bytes of its longest row
 * @throws BundleError of the first entry, in the order of the data, that is not what is stated; the signal's reason
 */
export async function verifyContents(
  file: FileHandle,
  contents: StatedContents,
  limits: BundleLimits,
  { signal, onVerified }: VerifyOptions,
): Promise<ReadonlyMap<string, number>> {
  signal?.throwIfAborted();
  const runs = new Runs(contents);
  const longestRows = new Map<string, number>();
  const verifyHere = (run: Run) => verifyRun(file, run.entries, limits, signal);
  const failures: { run: number; error: unknown }[] = [];

  /** Until no run is left, or one was refused: those before it are under way or done. */
  const verifyAll = async (verify: (run: Run) => Promise<LongestRows>) => {
    for (let run = runs.take(); run !== null && failures.length === 0; run = runs.take()) {
      try {
        for (const [name, bytes] of await verify(run)) longestRows.set(name, bytes);
        onVerified(archiveBytes(run));
      } catch (error) {
        failures.push({ run: run.number, error });
      }
    }
  };

  const thread = contents.contentBytes < worthThread ? null : startThread(file.fd, limits);
  const leave = () => void thread?.end();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    await Promise.all([verifyAll(verifyHere), thread === null ? null : verifyAll((run) => verifyThere(thread, run, verifyHere))]);
  } finally {
    signal?.removeEventListener("abort", leave);
    await thread?.end();
  }
  const [first] = failures.sort((one, other) => one.run - other.run);
  if (first !== undefined) throw first.error;
  return longestRows;
}

/** One core alone would only change between the two. */
function startThread(fd: number, limits: BundleLimits): VerifyThread | null {
  if (availableParallelism() === 1) return null;
  try {
    return new VerifyThread(fd, limits);
  } catch (error) {
    if (error instanceof VerifyThreadLost) return null;
    throw error;
  }
}

/** What a thread that was lost has not verified is verified here. */
async function verifyThere(thread: VerifyThread, run: Run, verifyHere: (run: Run) => Promise<LongestRows>): Promise<LongestRows> {
  try {
    return await thread.verify(run.entries);
  } catch (error) {
    if (error instanceof VerifyThreadLost) return verifyHere(run);
    throw error;
  }
}

function archiveBytes({ entries }: Run): number {
  return (entries.at(-1)?.end ?? 0) - (entries[0]?.offset ?? 0);
}
