/** Verifies one run at a time. */
export interface Reader<Run, Result> {
  verify(run: Run): Promise<Result>;
  /** What is under way fails, and whatever comes after. */
  stop(): void;
}

/**
 * Gives runs, in their order, to whichever reader is free, until none is left or one was refused. Those after it are stopped
 * then; those before it are under way or done, and waited for.
 *
 * @throws the refusal of the first run, in their order, that has one
 */
export async function shareRuns<Run extends { number: number }, Result>(
  runs: Iterator<Run>,
  readers: readonly Reader<Run, Result>[],
  onVerified: (run: Run, result: Result) => void,
): Promise<void> {
  const underWay = new Map<Reader<Run, Result>, number>();
  const failures: { run: number; error: unknown }[] = [];

  const work = async (reader: Reader<Run, Result>) => {
    while (failures.length === 0) {
      const next = runs.next();
      if (next.done === true) return;
      const run = next.value;
      underWay.set(reader, run.number);
      try {
        onVerified(run, await reader.verify(run));
      } catch (error) {
        failures.push({ run: run.number, error });
        for (const [other, number] of underWay) if (number > run.number) other.stop();
      }
      underWay.delete(reader);
    }
  };

  await Promise.all(readers.map(work));
  const [first] = failures.sort((one, other) => one.run - other.run);
  if (first !== undefined) throw first.error;
}
