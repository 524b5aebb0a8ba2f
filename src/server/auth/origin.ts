import { environment } from "../env";
import { RequestError } from "../errors";

const methodsThatChangeNothing: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * A browser sends the session's cookie along with requests that other sites make. Those
 * name another origin, or none, and are refused.
 *
 * @throws RequestError `cross_origin`
 */
export function requireSameOrigin(request: { method: string; headers: Headers }): void {
  if (methodsThatChangeNothing.has(request.method)) return;
  if (!isSameOrigin(request.headers)) {
    throw new RequestError(
      "cross_origin",
      "A request with a session's cookie must come from this installation's own pages. Scripts use an API key.",
    );
  }
}

function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = headers.get("origin");
  if (origin === null) return site === "same-origin";
  if (!URL.canParse(origin)) return false;
  const { authUrl } = environment();
  if (authUrl !== undefined && new URL(authUrl).origin === origin) return true;
  // Whoever is served over TLS has one origin; plain HTTP to the same host is somebody in between.
  if (authUrl?.startsWith("https://") === true && origin.startsWith("http://")) return false;
  return new URL(origin).host === headers.get("host");
}
