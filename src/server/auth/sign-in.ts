import { isIPv6 } from "node:net";
import { z } from "zod";

import { prisma } from "../db";
import { RequestError } from "../errors";
import { maximumPasswordBytes, verifyPassword } from "./password";
import { RateLimit } from "./rate-limit";

const windowMilliseconds = 15 * 60 * 1000;

/** More than anybody mistypes; 960 guesses a day against one account. */
const attemptsPerEmail = 10;

/** An office behind one address signs in on a Monday morning; only attempts that fail are counted. */
const attemptsPerAddress = 50;

/** About two megabytes. Flushing it takes thousands of addresses, each with its own limit. */
const maximumKeys = 10_000;

/** Each costs 19 MiB and a thread for 20 ms; more at once would only wait for each other. */
const maximumAtOnce = 8;

const credentialsSchema = z.object({
  // 254 characters is the longest address SMTP can carry (RFC 5321, erratum 1690).
  email: z.string().trim().toLowerCase().min(1).max(254),
  password: z.string().min(1).max(maximumPasswordBytes),
});

interface SignInState {
  byEmail: RateLimit;
  byAddress: RateLimit;
  atOnce: number;
}

// Next may hold several copies of this module; they must count together.
const globals: typeof globalThis & { systemBackupSignIn?: SignInState } = globalThis;

/**
 * The user with these credentials; null where there is none, or a deactivated one.
 *
 * @param address the client's, as it reached the application; null where unknown
 * @throws RequestError `rate_limited`
 */
export async function signIn(
  credentials: unknown,
  address: string | null,
): Promise<{ id: string; email: string; name: string } | null> {
  const parsed = credentialsSchema.safeParse(credentials);
  if (!parsed.success) return null;
  const { email, password } = parsed.data;
  const limits = state();
  const addressKey = address === null ? null : networkOf(address);
  takeAttempt(limits, email, addressKey);
  limits.atOnce += 1;
  try {
    const user = await prisma().users.findUnique({ where: { email } });
    const matches = await verifyPassword(user?.password_hash, password);
    if (user === null || !matches || !user.is_active) return null;
    limits.byEmail.clear(email);
    if (addressKey !== null) limits.byAddress.giveBack(addressKey);
    await prisma().users.update({ where: { id: user.id }, data: { last_login_at: new Date() } });
    return { id: user.id, email: user.email, name: user.display_name };
  } finally {
    limits.atOnce -= 1;
  }
}

function takeAttempt(limits: SignInState, email: string, addressKey: string | null): void {
  if (limits.atOnce >= maximumAtOnce) refuse(1000);
  const wait = Math.max(limits.byEmail.take(email), addressKey === null ? 0 : limits.byAddress.take(addressKey));
  if (wait > 0) refuse(wait);
}

function refuse(milliseconds: number): never {
  throw new RequestError("rate_limited", "Too many attempts to sign in. Wait a while and try again.", {
    retry_after: Math.ceil(milliseconds / 1000),
  });
}

/** One customer of an IPv6 network has at least a /64 to choose addresses from. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  if (address.toLowerCase().startsWith("::ffff:")) return address.slice("::ffff:".length);
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? [] : tail.split(":");
    while (groups.length + after.length < 8) groups.push("0");
    groups.push(...after);
  }
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}

function state(): SignInState {
  globals.systemBackupSignIn ??= {
    byEmail: new RateLimit({ attempts: attemptsPerEmail, windowMilliseconds, maximumKeys }),
    byAddress: new RateLimit({ attempts: attemptsPerAddress, windowMilliseconds, maximumKeys }),
    atOnce: 0,
  };
  return globals.systemBackupSignIn;
}
