import { createLocalObjectStore, createS3ObjectStore, type ObjectStore } from "@/storage";
import { environment } from "./env";

// Next bundles a copy of this module of its own; both copies must share one store.
const globals: typeof globalThis & { systemBackupObjectStore?: ObjectStore } = globalThis;

/** The object storage that the environment chooses: S3 with S3_BUCKET, else a folder in DATA_DIR. */
export function objectStore(): ObjectStore {
  globals.systemBackupObjectStore ??= createObjectStore();
  return globals.systemBackupObjectStore;
}

export async function closeObjectStore(): Promise<void> {
  const { systemBackupObjectStore } = globals;
  delete globals.systemBackupObjectStore;
  await systemBackupObjectStore?.close();
}

function createObjectStore(): ObjectStore {
  const { objectStorage } = environment();
  switch (objectStorage.kind) {
    case "local":
      return createLocalObjectStore({ directory: objectStorage.directory });
    case "s3": {
      const { kind: _kind, ...settings } = objectStorage;
      return createS3ObjectStore(settings);
    }
  }
}
