/**
 * How names of members that carry secrets end, without case and separators: `token` also
 * covers bot_token and X-Auth-Token. Better one harmless value lost than one secret carried.
 */
const secretEndings = [
  "password",
  "passwordhash",
  "passwd",
  "pwd",
  "passphrase",
  "secret",
  "token",
  "tokenhash",
  "jwt",
  "bearer",
  "apikey",
  "keyhash",
  "accesskey",
  "accesskeyid",
  "secretkey",
  "privatekey",
  "privatekeypem",
  "sshkey",
  "signingkey",
  "encryptionkey",
  "credential",
  "authorization",
  "cookie",
] as const;

/** Matches the end of a secret's name, in lower case and without separators: a pattern for JavaScript and PostgreSQL alike. */
export const secretEndingPattern = `(?:${secretEndings.join("|")})s?$`;

const endings = new RegExp(secretEndingPattern);

/** Whether a value under this name is taken for a secret. */
export function isSecretName(name: string): boolean {
  return endings.test(name.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
}

/** How the last words of these names are spelled; a name that ends otherwise is none of them. */
const lastWords = ["word", "hash", "wd", "phrase", "secret", "token", "jwt", "bearer", "key", "keyid", "keypem"]
  .concat("credential", "authorization", "cookie")
  .flatMap((word) => [word, `${word}s`]);
/** What stands between a name's letters and counts for nothing, as JSON writes it. */
const gap = String.raw`(?:[^a-z0-9"\\]|\\(?:u[0-9a-f]{4}|.))*`;
const spelled = lastWords.map((word) => [...word].join(gap)).join("|");
/** NFKC makes ASCII of some other letters, each two bytes or more. Names longer than this are no identifiers. */
const notAscii = String.raw`[\x80-\xff][^"]{0,200}`;

/**
 * Finds, in PostgreSQL's JSON decoded as latin1, every line with a member whose name
 * isSecretName knows, and some without. Looks back from a name's end, so that the many
 * names that are none cost little.
 */
export const mayHoldSecretName = new RegExp(`":(?<=(?:${spelled}|${notAscii})${gap}":)`, "i");
