import { hash, verify, type Options } from "@node-rs/argon2";

/**
 * Argon2id with 19 MiB, two passes and one lane: the OWASP Password Storage Cheat Sheet's first recommendation.
 * The algorithm itself is the library's default.
 */
const parameters: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Longer than any password manager makes; the whole password is hashed before anybody is known. */
export const maximumPasswordBytes = 1024;

let unknownUserHash: Promise<string> | undefined;

/** A PHC string that holds algorithm, parameters and salt. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

/**
 * Without a hash (no such user) it does the same work and answers false, so that the time
 * taken does not say whether an e-mail address has an account.
 */
export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  if (Buffer.byteLength(password) > maximumPasswordBytes) return false;
  unknownUserHash ??= hashPassword("nobody has this password");
  const matches = await verify(passwordHash ?? (await unknownUserHash), password);
  return matches && passwordHash !== undefined;
}
