/**
 * How names of members that carry secrets end, without case and separators: `token` also
 * covers bot_token and X-Auth-Token. Better one harmless value lost than one secret carried.
 */
export const secretEndings = [
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
