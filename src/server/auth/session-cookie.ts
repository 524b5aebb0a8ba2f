import { decode } from "next-auth/jwt";

import { environment } from "../env";

/** Twelve hours: a working day. The user is read again on every request, so this is only how long nobody has to type. */
export const sessionSeconds = 12 * 60 * 60;

/** Whether browsers reach the application over TLS; cookies are then Secure. */
export function isServedOverTls(): boolean {
  return environment().authUrl?.startsWith("https://") ?? false;
}

/**
 * Browsers share cookies between the ports of a host: the port in the name lets two
 * installations on one machine have a session each.
 */
export function cookieName(purpose: "session" | "csrf" | "callback"): string {
  const { authUrl, port } = environment();
  const publicPort = authUrl === undefined ? String(port) : new URL(authUrl).port;
  const name = `system-backup.${purpose}${publicPort === "" ? "" : `.${publicPort}`}`;
  // The prefix has browsers refuse the cookie from a subdomain or over plain HTTP (RFC 6265bis, 4.1.3.2).
  return isServedOverTls() ? `__Host-${name}` : name;
}

/** The id of the user who signed in; null without a session, with an expired one or one that we did not make. */
export async function readSession(headers: Headers): Promise<{ userId: string } | null> {
  const { authSecret } = environment();
  const token = readCookie(headers.get("cookie"), cookieName("session"));
  if (token === null || authSecret === undefined) return null;
  try {
    const payload = await decode({ token, secret: authSecret });
    return typeof payload?.sub === "string" ? { userId: payload.sub } : null;
  } catch {
    // Forged, damaged, expired or of an installation with another secret: nobody is signed in.
    return null;
  }
}

export function readCookie(header: string | null, name: string): string | null {
  for (const pair of (header ?? "").split(";")) {
    const separator = pair.indexOf("=");
    if (separator !== -1 && pair.slice(0, separator).trim() === name) return pair.slice(separator + 1).trim();
  }
  return null;
}
