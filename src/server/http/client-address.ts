import type { IncomingMessage } from "node:http";
import { BlockList, isIPv6 } from "node:net";

/** Where one's own proxies stand: loopback, and the private networks of RFC 1918 and RFC 4193. */
const proxies = new BlockList();
for (const [network, prefix] of [["127.0.0.0", 8], ["10.0.0.0", 8], ["172.16.0.0", 12], ["192.168.0.0", 16]] as const) {
  proxies.addSubnet(network, prefix);
}
proxies.addAddress("::1", "ipv6");
proxies.addSubnet("fc00::", 7, "ipv6");

/**
 * Next believes whatever X-Forwarded-For says. Unless the peer can be a proxy of one's own,
 * the header becomes the peer's address, so that nobody on the internet chooses theirs.
 */
export function overwriteForgedAddress(request: IncomingMessage): void {
  const peer = request.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  if (peer !== "" && proxies.check(peer, isIPv6(peer) ? "ipv6" : "ipv4")) return;
  request.headers["x-forwarded-for"] = peer;
}

/**
 * The address that the nearest proxy, or this server where there is none, saw the request
 * come from. Whatever stands before it in the header the client may have made up.
 */
export function lastForwardedAddress(header: string): string | null {
  const last = header.split(",").at(-1)?.trim() ?? "";
  return last === "" ? null : last;
}
