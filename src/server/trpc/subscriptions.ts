// Next bundles a copy of this module of its own; the start command stops what that one holds open.
const globals: typeof globalThis & { systemBackupStopping?: AbortController } = globalThis;

/** Aborts when the application stops. */
export function untilStopping(): AbortSignal {
  globals.systemBackupStopping ??= new AbortController();
  return globals.systemBackupStopping.signal;
}

/** Ends open subscriptions, whose browsers come back by themselves, so that nothing waits for them. */
export const subscriptions = {
  name: "subscriptions",

  start(): Promise<void> {
    globals.systemBackupStopping = new AbortController();
    return Promise.resolve();
  },

  stop(): Promise<void> {
    globals.systemBackupStopping?.abort();
    return Promise.resolve();
  },
};
