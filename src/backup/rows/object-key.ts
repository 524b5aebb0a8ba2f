/** S3's own bound on a key, in bytes of UTF-8. */
const largestKey = 1024;

/** Where objects that an import writes over are put aside until it has committed. No file lives there. */
export const asidePrefix = "system-backup/put-aside/";

/**
 * What an object key of an imported file must be that this one is not; null where it is
 * fit. Storage takes any key, but other tools that read a bucket may not.
 */
export function objectKeyFault(key: string): string | null {
  if (key === "") return "must not be empty";
  if (Buffer.byteLength(key) > largestKey) return `must be at most ${largestKey} bytes long`;
  if (/^(?:[/\\]|[A-Za-z]:)/.test(key)) return "must not be an absolute path";
  if (key.split(/[/\\]/).includes("..")) return 'must not hold a ".." segment';
  if (key.startsWith(asidePrefix)) return `must not begin with ${asidePrefix}`;
  if (/\p{Cc}/u.test(key)) return "must not hold control characters";
  return null;
}
