import type { ServerResponse } from "node:http";

/**
 * Under this name an answer says how many bytes its body has. Next takes Content-Length out of every route's answer, in
 * case a body is another than the one that was measured; a file's is not.
 */
export const statedLength = "x-stated-length";

/** Sends what an answer says under that name as its Content-Length. */
export function sendStatedLength(response: ServerResponse): void {
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) => setHeader(name === statedLength ? "content-length" : name, value);
}
