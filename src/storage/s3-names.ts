import { createHash } from "node:crypto";
import { assertObjectKey } from "./object-key";

/**
 * Everything of ours in the bucket that isn't named by its plain key. Other tools see these
 * names; they hold no slash at an end, no dot segment and nothing that XML or a URL can't carry.
 */
const RESERVED_PREFIX = ".system-backup/";
export const ODD_NAME_PREFIX = `${RESERVED_PREFIX}keys/`;
/** An empty object by which `check` sees whether it may write. */
export const CHECK_NAME = `${RESERVED_PREFIX}check`;

/** User metadata that every object of ours has: its hash, in lower-case hex. */
export const SHA256_METADATA = "sha256";

/** Which user metadata an odd key's object keeps its key in, as base64url of its UTF-8. */
export const KEY_METADATA = "key";

/** Empty, `.` and `..` segments: proxies and servers with a filesystem below resolve them. */
const ODD_SEGMENT = /(^|\/)(\.{0,2})(\/|$)/;
/** What XML 1.0 can't carry in a listing, and the backslash, which some servers take for a slash. */
const ODD_CHARACTER = /[\p{Cc}\\\uFFFE\uFFFF]/u;

/** Whether a key can't be an object's name as it is. */
export function isOddKey(key: string): boolean {
  return ODD_CHARACTER.test(key) || ODD_SEGMENT.test(key) || key.startsWith(RESERVED_PREFIX);
}

export function isReservedName(name: string): boolean {
  return name.startsWith(RESERVED_PREFIX);
}

/**
 * The name of the object for a key: ordinary keys are their own names, since other tools read
 * the bucket too; an odd one is named by its SHA-256, since any escaping could outgrow the
 * 1,024 bytes that S3 allows. Injective, because no ordinary key has the reserved prefix.
 * Throws `object_key_invalid`.
 */
export function objectName(key: string): string {
  assertObjectKey(key);
  if (!isOddKey(key)) return key;
  return ODD_NAME_PREFIX + createHash("sha256").update(key, "utf8").digest("hex");
}

/** What must be in an object's user metadata so that its key can be told from it. */
export function keyMetadata(key: string): Record<string, string> {
  return isOddKey(key) ? { [KEY_METADATA]: Buffer.from(key).toString("base64url") } : {};
}

/** The key of an object with an odd name. Null where something else put that object there. */
export function oddKeyOf(name: string, metadata: Record<string, string> | undefined): string | null {
  const encoded = metadata?.[KEY_METADATA];
  if (encoded === undefined) return null;
  const key = Buffer.from(encoded, "base64url").toString();
  return isOddKey(key) && objectName(key) === name ? key : null;
}
