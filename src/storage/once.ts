/**
 * Runs the work on the first call and shares its outcome with later ones. A failure is
 * forgotten, so the next call tries again.
 */
export function onceSuccessful<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let outcome: Promise<Result> | undefined;
  return () => {
    outcome ??= work().catch((error: unknown) => {
      outcome = undefined;
      throw error;
    });
    return outcome;
  };
}
