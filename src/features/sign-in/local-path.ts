/** Any origin that no address names. */
const here = "http://here.invalid";

/** Where to go after signing in: an address of this application, whatever else was asked for. */
export function localPath(wanted: unknown): string {
  if (typeof wanted !== "string" || !URL.canParse(wanted, here)) return "/";
  const { origin, pathname, search } = new URL(wanted, here);
  // A path of two slashes would be another host to the next one who reads it.
  if (origin !== here || pathname.startsWith("//") || pathname.startsWith("/sign-in")) return "/";
  return pathname + search;
}
