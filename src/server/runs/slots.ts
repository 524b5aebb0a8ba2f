import { abortReason } from "../abort-reason";
import { RequestError } from "../errors";

/**
 * Exports, previews and imports that work on the database at once. Each holds a connection
 * of the pool, an import two; the other three answer everybody else.
 */
const workAtOnce = 6;

/** Uploads at once: each has a file on the disk. */
const uploadsAtOnce = 8;

/**
 * Imports at once, from their upload to their end, each with a database connection of its own for its
 * run's lock. Only one of them writes; with the pool's ten they stay below half of what PostgreSQL allows.
 */
const importsAtOnce = 8;

/** Whoever has sent a gigabyte would rather wait than send it again. */
const patienceMilliseconds = 60_000;

interface Slots {
  limit: number;
  taken: number;
  waiting: (() => void)[];
}

// Next may hold several copies of this module; they must count together.
const globals: typeof globalThis & { systemBackupSlots?: Record<"work" | "uploads" | "imports", Slots> } = globalThis;

/** Does the work as soon as fewer than the most that may run at once do. @throws RequestError `busy` after a minute */
export function withWorkSlot<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  return withSlot(allSlots().work, signal, patienceMilliseconds, work);
}

/** @throws RequestError `busy` at once where as many uploads as may be are under way */
export function withUploadSlot<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  return withSlot(allSlots().uploads, signal, 0, work);
}

/** @throws RequestError `busy` at once where as many imports as may be are under way */
export function withImportSlot<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  return withSlot(allSlots().imports, signal, 0, work);
}

async function withSlot<Result>(
  slots: Slots,
  signal: AbortSignal,
  patience: number,
  work: () => Promise<Result>,
): Promise<Result> {
  await takeSlot(slots, signal, patience);
  try {
    return await work();
  } finally {
    const next = slots.waiting.shift();
    if (next === undefined) slots.taken -= 1;
    else next();
  }
}

async function takeSlot(slots: Slots, signal: AbortSignal, patience: number): Promise<void> {
  if (slots.taken < slots.limit) {
    slots.taken += 1;
    return;
  }
  if (patience === 0) throw busy();
  await new Promise<void>((resolve, reject) => {
    const giveUp = (error: Error) => {
      slots.waiting.splice(slots.waiting.indexOf(take), 1);
      finish();
      reject(error);
    };
    const onAbort = () => giveUp(abortReason(signal));
    const timer = setTimeout(() => giveUp(busy()), patience);
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const take = () => {
      finish();
      resolve();
    };
    slots.waiting.push(take);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
}

function busy(): RequestError {
  return new RequestError("busy", "As many exports and imports are running as this installation allows. Try again later.", {
    retry_after: 30,
  });
}

function allSlots(): Record<"work" | "uploads" | "imports", Slots> {
  globals.systemBackupSlots ??= {
    work: { limit: workAtOnce, taken: 0, waiting: [] },
    uploads: { limit: uploadsAtOnce, taken: 0, waiting: [] },
    imports: { limit: importsAtOnce, taken: 0, waiting: [] },
  };
  return globals.systemBackupSlots;
}
