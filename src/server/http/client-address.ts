/**
 * The address that the nearest proxy, or Next itself where there is none, saw the request
 * come from. Whatever stands before it in the header the client may have made up.
 */
export function lastForwardedAddress(header: string): string | null {
  const last = header.split(",").at(-1)?.trim() ?? "";
  return last === "" ? null : last;
}
