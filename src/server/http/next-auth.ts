import NextAuth, { type NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";

import { NextRequest } from "next/server";

import { cookieName, isServedOverTls, sessionSeconds, signIn } from "../auth";
import { environment } from "../env";
import { RequestError } from "../errors";
import { logger } from "../logger";
import { lastForwardedAddress } from "./client-address";
import { endpoint, type Call } from "./endpoint";

/** An e-mail address, a password and a token, with room to spare; next-auth itself would read any amount. */
const maximumBodyBytes = 16 * 1024;

function options(): NextAuthOptions {
  const { authSecret } = environment();
  if (authSecret === undefined) throw new Error("A session is asked for before the installation was opened.");
  return {
    secret: authSecret,
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    useSecureCookies: isServedOverTls(),
    cookies: {
      sessionToken: cookie("session"),
      csrfToken: cookie("csrf"),
      callbackUrl: cookie("callback"),
    },
    providers: [
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: (credentials, request) => authorize(credentials, request.headers ?? {}),
      }),
    ],
    logger: {
      // The metadata may hold a request's body; its code says enough.
      error: (code) => logger().error({ code }, "next-auth failed"),
      warn: (code) => logger().warn({ code }, "next-auth warns"),
      debug: () => undefined,
    },
  };
}

function cookie(purpose: "session" | "csrf" | "callback") {
  return {
    name: cookieName(purpose),
    options: { httpOnly: true, sameSite: "lax", path: "/", secure: isServedOverTls() } as const,
  };
}

/** next-auth hands an Error's message on to the sign-in page as `error`; a code, so that the page chooses the words. */
async function authorize(credentials: unknown, headers: Record<string, unknown>) {
  const forwarded = headers["x-forwarded-for"];
  try {
    return await signIn(credentials, typeof forwarded === "string" ? lastForwardedAddress(forwarded) : null);
  } catch (error) {
    if (error instanceof RequestError) throw new Error(error.code);
    logger().error({ err: error }, "signing in failed");
    throw new Error("internal");
  }
}

/** Everything below /api/auth. */
export const authenticationRoutes = endpoint({ GET: handle, POST: handle });

async function handle({ request, body, params }: Call): Promise<Response> {
  const { method, headers, url } = request;
  const text = await body.text(maximumBodyBytes);
  const bounded = new NextRequest(url, { method, headers, ...(method === "POST" ? { body: text } : {}) });
  const context = { params: Promise.resolve(params) };
  const response: unknown = await NextAuth(options())(bounded, context);
  if (response instanceof Response) return response;
  throw new Error("next-auth answered with something else than a response.");
}
