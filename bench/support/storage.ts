import { z } from "zod";

import { createLocalObjectStore, createS3ObjectStore, type ObjectStore } from "@/storage";

export const storageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("local"), directory: z.string() }),
  z.object({
    kind: z.literal("s3"),
    endpoint: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    bucket: z.string(),
  }),
]);
export type Storage = z.infer<typeof storageSchema>;

export function openStore(storage: Storage): ObjectStore {
  if (storage.kind === "local") return createLocalObjectStore(storage);
  const { kind: _, ...options } = storage;
  return createS3ObjectStore({ ...options, region: "us-east-1", forcePathStyle: true });
}
