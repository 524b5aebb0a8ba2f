import type { ObjectStat, ObjectStore } from "./object-store";
import { sha256Of } from "./sha256-of";

/**
 * How the object of a key stands to bytes of that size and SHA-256. It is read whole only where
 * the store cannot vouch for its hash.
 *
 * @throws StorageError; the signal's reason
 */
export async function compareObject(
  objects: ObjectStore,
  key: string,
  { size, sha256 }: { size: number; sha256: string },
  signal: AbortSignal,
): Promise<"missing" | "same" | "different"> {
  const stat = await objects.stat(key, { signal });
  if (stat === null) return "missing";
  if (stat.size !== size) return "different";
  return (await hashOf(objects, key, stat, signal)) === sha256 ? "same" : "different";
}

async function hashOf(objects: ObjectStore, key: string, { sha256 }: ObjectStat, signal: AbortSignal): Promise<string> {
  if (sha256 !== null) return sha256;
  const { body } = await objects.get(key, { signal });
  return sha256Of(body);
}
