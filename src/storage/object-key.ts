import { StorageError } from "./errors";

/** What S3 allows a key to have, so what every store allows. Bytes of UTF-8. */
export const MAXIMUM_KEY_BYTES = 1_024;

/** Throws `object_key_invalid` unless the key is one that every store can hold. */
export function assertObjectKey(key: string): void {
  if (key === "") {
    throw new StorageError("object_key_invalid", "An object key can't be empty.");
  }
  assertText(key);
  const bytes = Buffer.byteLength(key);
  if (bytes > MAXIMUM_KEY_BYTES) {
    throw new StorageError(
      "object_key_invalid",
      `The object key ${quoted(key)} has ${bytes} bytes; at most ${MAXIMUM_KEY_BYTES} are allowed.`,
    );
  }
}

/** Throws `object_key_invalid` where no key could start with this. */
export function assertObjectKeyPrefix(prefix: string): void {
  if (prefix !== "") assertObjectKey(prefix);
}

function assertText(key: string): void {
  if (key.includes("\0")) {
    throw new StorageError("object_key_invalid", `The object key ${quoted(key)} contains U+0000.`);
  }
  // Lone surrogates have no UTF-8: all of them would be stored as U+FFFD and collide.
  if (Buffer.from(key).toString() !== key) {
    throw new StorageError("object_key_invalid", `The object key ${quoted(key)} is not valid Unicode.`);
  }
}

/** A key for a message: control characters escaped, cut at a length that fits a line of a log. */
export function quoted(key: string): string {
  const shown = JSON.stringify(key);
  return shown.length <= 200 ? shown : `${shown.slice(0, 200)}…"`;
}
