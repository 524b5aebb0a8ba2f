import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { cache } from "react";

import { findSignedIn, type Principal } from "@/server/auth";

const currentPrincipal = cache(async () => findSignedIn(await headers()));

/** For every page but the sign-in: whoever has no session signs in first and comes back. */
export async function requireSignedIn(): Promise<Principal> {
  const principal = await currentPrincipal();
  if (principal !== null) return principal;
  const path = (await headers()).get("x-path") ?? "/";
  redirect(path === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(path)}`);
}

/**
 * For every page of the administration. Layouts stay while pages change, so each page asks for itself.
 * Members get a page that says so, with status 403.
 */
export async function requireAdministrator(): Promise<Principal> {
  const principal = await requireSignedIn();
  if (principal.role !== "admin") forbidden();
  return principal;
}
