/**
 * How names of members that carry secrets end, without case and separators: `token` also
 * covers bot_token and X-Auth-Token. Better one harmless value lost than one secret carried.
 */
const secretEndings = [
  "password",
  "passwords",
  "passwordhash",
  "passwd",
  "pwd",
  "passphrase",
  "secret",
  "secrets",
  "token",
  "apikey",
  "accesskey",
  "accesskeyid",
  "secretkey",
  "privatekey",
  "signingkey",
  "encryptionkey",
  "credential",
  "credentials",
  "authorization",
  "cookie",
  "cookies",
] as const;

const endings = new RegExp(`(?:${secretEndings.join("|")})$`);

/** Whether a value under this name is taken for a secret. */
export function isSecretName(name: string): boolean {
  return endings.test(name.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
}

/**
 * Finds every line of JSON that may hold a member isSecretName knows, and some that do
 * not: a name's last word stands whole before its closing quote, whatever separates words.
 */
export const mayHoldSecretName =
  /(?:word|words|hash|passwd|pwd|phrase|secret|secrets|token|key|key[^a-z0-9"]*id|credential|credentials|authorization|cookie|cookies)[^a-z0-9"]*"\s*:/i;
