import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { overwriteForgedAddress } from "@/server/http/client-address";
import { noteRequest } from "@/server/http/give-way";
import { sendStatedLength } from "@/server/http/stated-length";
import { codeOf, InstallationError, messageOf } from "@/server/installation";

/** Longer than the 60 seconds for which nginx keeps its connections, so that it is nginx who closes an idle one. */
const keepAliveMilliseconds = 75_000;

/** What Node allows by default; requests are not read before their headers are whole. */
const headersMilliseconds = 60_000;

/** @throws InstallationError address_in_use */
export async function listen(handle: RequestListener, address: { host: string; port: number }): Promise<Server> {
  const server = createServer((request, response) => {
    if (refusePageWithBody(request, response)) return;
    noteRequest(response);
    overwriteForgedAddress(request);
    sendStatedLength(response);
    handle(request, response);
  });
  // Node's default ends a request that takes longer than five minutes to arrive, as a big upload does. Uploads that
  // stall are ended where they are read.
  server.requestTimeout = 0;
  server.headersTimeout = headersMilliseconds;
  server.keepAliveTimeout = keepAliveMilliseconds;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      const reason = codeOf(error) === "EADDRINUSE" ? "another program listens there" : messageOf(error);
      const message = `${address.host}:${address.port} cannot be listened on: ${reason}. Set HOST or PORT.`;
      reject(new InstallationError("address_in_use", message, { cause: error }));
    });
    server.listen({ port: address.port, host: address.host }, resolve);
  });
  return server;
}

const signInPath = "/sign-in";

/** Paths are read as those of one. */
const anyHost = "http://any";

/**
 * Pages are read. What Next is sent for one it would gather, up to ten megabytes and for as long as that takes, before
 * anybody has signed in.
 *
 * @returns whether the request was answered
 */
function refusePageWithBody({ method, url = "/", headers }: IncomingMessage, response: ServerResponse): boolean {
  // As whoever answers will understand it: /api/../sign-in is a page.
  const path = URL.canParse(url, anyHost) ? new URL(url, anyHost).pathname : "/";
  if (path.startsWith("/api/")) return false;
  const isRead = method === "GET" || method === "HEAD";
  const hasBody = headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
  if (isRead && !hasBody) return false;
  const unread = { connection: "close", "content-length": 0 };
  // A browser posts the form itself where its script has not loaded yet.
  if (method === "POST" && path === signInPath) response.writeHead(303, { ...unread, location: signInPath }).end();
  else if (isRead) response.writeHead(400, unread).end();
  else response.writeHead(405, { ...unread, allow: "GET, HEAD" }).end();
  return true;
}

/** Takes no new requests. Resolves when those that run have ended, or were cut off because the time was over. */
export async function drain(server: Server, milliseconds: number): Promise<void> {
  const over = new AbortController();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cutOff = delay(milliseconds, undefined, { signal: over.signal }).then(
    () => server.closeAllConnections(),
    () => undefined,
  );
  // A connection whose request has just ended turns idle only now.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  await closed;
  clearInterval(idle);
  over.abort();
  await cutOff;
}
