import type { FileHandle } from "node:fs/promises";
import { availableParallelism } from "node:os";

import type { StatedContents } from "../contents";
import type { BundleLimits } from "../limits";
import { RunReader, type LongestRows } from "./run-reader";
import { runsOf, type Run } from "./runs";
import { shareRuns, type Reader } from "./share-runs";
import { VerifyThread, VerifyThreadLost } from "./verify-thread";

export interface VerifyOptions {
  signal: AbortSignal | undefined;
  /** Called with the bytes of the archive that were verified since the last call. */
  onVerified: (bytes: number) => void;
}

/** Bytes of content: fewer are verified in about the time that a thread takes to start and to be compiled. */
const worthThread = 128 * 1024 * 1024;

/** Whatever is verified at the same time: one more reader keeps two cores busy, and Node has four threads of its own that read and inflate for all. */
let isThreadTaken = false;

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
  const longestRows = new Map<string, number>();
  const readHere = () => readerHere(file, limits, signal);
  const thread = contents.contentBytes < worthThread ? null : startThread(file.fd, limits);
  const readers = [readHere(), ...(thread === null ? [] : [readerThere(thread, readHere())])];
  const leave = () => void thread?.end();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    await shareRuns(runsOf(contents), readers, (run, longest) => {
      for (const [name, bytes] of longest) longestRows.set(name, bytes);
      onVerified(run.end - run.start);
    });
  } finally {
    signal?.removeEventListener("abort", leave);
    await endThread(thread);
  }
  return longestRows;
}

/** One core alone would only change between the two. */
function startThread(fd: number, limits: BundleLimits): VerifyThread | null {
  if (isThreadTaken || availableParallelism() === 1) return null;
  try {
    const thread = new VerifyThread(fd, limits);
    isThreadTaken = true;
    return thread;
  } catch (error) {
    if (error instanceof VerifyThreadLost) return null;
    throw error;
  }
}

async function endThread(thread: VerifyThread | null): Promise<void> {
  if (thread === null) return;
  await thread.end();
  isThreadTaken = false;
}

function readerHere(file: FileHandle, limits: BundleLimits, signal: AbortSignal | undefined): Reader<Run, LongestRows> {
  const stopped = new AbortController();
  const reader = new RunReader(file, limits, signal === undefined ? stopped.signal : AbortSignal.any([signal, stopped.signal]));
  return { verify: (run) => reader.verify(run), stop: () => stopped.abort() };
}

/** What a thread that was lost has not verified is verified instead. */
function readerThere(thread: VerifyThread, instead: Reader<Run, LongestRows>): Reader<Run, LongestRows> {
  const verify = async (run: Run) => {
    try {
      return await thread.verify(run);
    } catch (error) {
      if (error instanceof VerifyThreadLost) return instead.verify(run);
      throw error;
    }
  };
  const stop = () => {
    instead.stop();
    void thread.end();
  };
  return { verify, stop };
}
