import { EnvironmentError } from "@/server/env";
import { InstallationError } from "@/server/installation";

/**
 * npm passes a Ctrl-C on to the program, to which the terminal has sent it already. What comes that soon after the
 * first is the same wish.
 */
const sameSignalMilliseconds = 500;

/** A wrong call of the program; the message says how it is called. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Runs a program to its end and exits: 0, or 1 with what went wrong on standard error. The signal aborts with the
 * first SIGINT or SIGTERM; the second ends the process at once.
 */
export async function runProgram(program: (signal: AbortSignal) => Promise<void>): Promise<never> {
  const interrupted = new AbortController();
  let first: number | undefined;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (first !== undefined && Date.now() - first > sameSignalMilliseconds) process.exit(1);
      first ??= Date.now();
      interrupted.abort();
    });
  }
  try {
    await program(interrupted.signal);
  } catch (error) {
    // Giving up was what the signal asked for.
    if (interrupted.signal.aborted && error === interrupted.signal.reason) process.exit(0);
    if (interrupted.signal.aborted && error instanceof Error && error.name === "AbortError") process.exit(0);
    report(error);
    process.exit(1);
  }
  process.exit(0);
}

/** A line for people, on standard error: standard output is for what a program is asked for. */
export function notify(text: string): void {
  process.stderr.write(`${text}\n`);
}

function report(error: unknown): void {
  const expected = error instanceof EnvironmentError || error instanceof InstallationError || error instanceof UsageError;
  if (expected) notify(error.message);
  else console.error(error);
}
