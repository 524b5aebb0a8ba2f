import { prisma } from "../db";
import { RequestError } from "../errors";
import { findApiKey, isApiKeyUsable } from "./api-keys";
import { requireSameOrigin } from "./origin";
import { readSession } from "./session-cookie";

/** Who makes a request, as the database knew them when it was asked. */
export interface Principal {
  userId: string;
  email: string;
  displayName: string;
  role: "admin" | "member";
  isActive: boolean;
  via: { kind: "session" } | { kind: "api_key"; id: string };
}

/**
 * For every endpoint that only admins may use. The user is read anew each time: whoever
 * was deactivated or demoted a moment ago is refused.
 *
 * @throws RequestError `unauthorized` without a good key or session, `forbidden` for members and
 *   deactivated users, `cross_origin` where a session is used from another origin
 */
export async function authenticateAdmin(request: { method: string; headers: Headers }): Promise<Principal> {
  const principal = await authenticate(request);
  requireAdmin(principal);
  return principal;
}

/**
 * For what everybody who may sign in may look at: a session or a key, whatever the role.
 *
 * @throws RequestError `unauthorized`, `cross_origin`
 */
export async function authenticateUser(request: { method: string; headers: Headers }): Promise<Principal> {
  return requireActive(await authenticate(request));
}

/**
 * The same for what only pages call: sessions alone, however good a key may come along.
 *
 * @throws RequestError `unauthorized`, `cross_origin`
 */
export async function authenticateSession(request: { method: string; headers: Headers }): Promise<Principal> {
  const principal = requireActive(await findSignedIn(request.headers));
  requireSameOrigin(request);
  return principal;
}

/**
 * Again, just before something is changed: an upload takes minutes.
 *
 * @throws RequestError `unauthorized`, `forbidden`
 */
export async function reauthenticateAdmin(principal: Principal): Promise<void> {
  if (principal.via.kind === "api_key" && !(await isApiKeyUsable(principal.via.id))) throw notRecognised();
  requireAdmin(await findPrincipal(principal.userId, principal.via));
}

/**
 * Whoever has a session, whatever their role; null for nobody and for deactivated users. For pages.
 */
export async function findSignedIn(headers: Headers): Promise<Principal | null> {
  const session = await readSession(headers);
  if (session === null) return null;
  const principal = await findPrincipal(session.userId, { kind: "session" });
  return principal?.isActive === true ? principal : null;
}

async function authenticate(request: { method: string; headers: Headers }): Promise<Principal | null> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const [, key] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    const found = key === undefined ? null : await findApiKey(key);
    if (found === null) throw notRecognised();
    return findPrincipal(found.userId, { kind: "api_key", id: found.id });
  }
  const session = await readSession(request.headers);
  if (session === null) return null;
  requireSameOrigin(request);
  return findPrincipal(session.userId, { kind: "session" });
}

async function findPrincipal(userId: string, via: Principal["via"]): Promise<Principal | null> {
  const user = await prisma().users.findUnique({
    where: { id: userId },
    select: { email: true, display_name: true, role: true, is_active: true },
  });
  if (user === null) return null;
  return {
    userId,
    email: user.email,
    displayName: user.display_name,
    role: user.role,
    isActive: user.is_active,
    via,
  };
}

/** Whoever was deactivated is nobody here: there is nothing that they may do. */
function requireActive(principal: Principal | null): Principal {
  if (principal?.isActive !== true) throw new RequestError("unauthorized", "Sign in to go on.");
  return principal;
}

/** @throws RequestError `unauthorized` for nobody, `forbidden` for members and deactivated users */
export function requireAdmin(principal: Principal | null): asserts principal is Principal {
  if (principal === null) throw new RequestError("unauthorized", "Sign in, or send an API key as a Bearer token.");
  if (!principal.isActive) throw new RequestError("forbidden", "This user is deactivated.");
  if (principal.role !== "admin") throw new RequestError("forbidden", "Only admins may do this.");
}

function notRecognised(): RequestError {
  return new RequestError("unauthorized", "The API key is unknown, revoked or expired.");
}
