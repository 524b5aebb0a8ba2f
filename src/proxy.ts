import { NextResponse, type NextRequest } from "next/server";

/** Pages alone: a proxy in front of the API would hold the body of every upload in memory. */
export const config = { matcher: ["/((?!api/|_next/static/|_next/image).*)"] };

/** Gives every page a content security policy with a nonce of its own, and lets it know its address. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  headers.set("x-path", pathOf(request.nextUrl));
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    // Widths of bars and places of menus; an attribute can neither load nor run anything here.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function pathOf({ pathname, searchParams }: NextRequest["nextUrl"]): string {
  const search = new URLSearchParams(searchParams);
  // Next's own, of a navigation within the page.
  search.delete("_rsc");
  return search.size === 0 ? pathname : `${pathname}?${search.toString()}`;
}
