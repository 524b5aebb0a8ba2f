/**
 * Runs the work on the first call and shares its outcome with later ones. A failure is
 * forgotten, so the next call tries again.
 */
export function onceSuccessful(work: () => Promise<void>): () => Promise<void> {
  let outcome: Promise<void> | undefined;
  return () => {
    outcome ??= work().catch((error: unknown) => {
      outcome = undefined;
      throw error;
    });
    return outcome;
  };
}
