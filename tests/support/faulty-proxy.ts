import { createServer, request as sendRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What can go wrong between a client and the server. Bodies are counted in bytes of the answer. */
export type Fault =
  /** Answers by itself, an error in S3's form or an empty success; the server never hears of the request. */
  | { kind: "status"; status: number; code?: string; clockAheadMilliseconds?: number }
  /** Takes the request and never answers. */
  | { kind: "stall" }
  /** Sends part of the answer's body, then nothing, with the connection open. */
  | { kind: "stall-body"; afterBytes: number }
  /** Cuts the connection before the server hears of the request. */
  | { kind: "refuse" }
  /** The server does as asked; the connection is cut before the answer. */
  | { kind: "lose-answer" }
  /** Cuts the connection in the middle of the answer's body. */
  | { kind: "cut-body"; afterBytes: number }
  /** Ends the answer's body early, in the form of a whole answer. */
  | { kind: "shorten-body"; bytes: number }
  /** States and sends more than the object has. */
  | { kind: "lengthen-body"; bytes: number }
  /** Flips a bit of the answer's body. */
  | { kind: "wrong-byte"; at: number };

export interface FaultOptions {
  /** How many of the matching requests it happens to, the next ones first. */
  times: number;
  /** Which requests; all where unset. */
  when?: (request: IncomingMessage) => boolean;
}

export interface FaultyProxy {
  endpoint: string;
  /** Faults queue up: a request meets the first that matches it. */
  inject(fault: Fault, options: FaultOptions): void;
  /** Method and path of every request so far. */
  readonly requests: readonly string[];
  /** Connections now open. */
  connections(): number;
  /** Forgets faults and requests, and cuts what hangs. */
  reset(): void;
  close(): Promise<void>;
}

/** A proxy in front of a real HTTP server that does as told to single requests. Signatures stay valid. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let faults: { fault: Fault; left: number; when: (request: IncomingMessage) => boolean }[] = [];

  const server = createServer((incoming, answer) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    incoming.on("error", () => undefined);
    answer.on("error", () => undefined);
    const planned = faults.find(({ left, when }) => left > 0 && when(incoming));
    if (planned) planned.left -= 1;
    const fault = planned?.fault;
    if (fault?.kind === "refuse") incoming.socket.destroy();
    else if (fault?.kind === "stall") incoming.resume();
    else if (fault?.kind === "status") answerItself(incoming, answer, fault);
    else forward(incoming, answer, { hostname, port }, fault);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const cut = () => sockets.forEach((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: ownPort } = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${ownPort}`,
    inject(fault, { times, when = () => true }) {
      faults.push({ fault, left: times, when });
    },
    requests,
    connections: () => sockets.size,
    reset() {
      faults = [];
      requests.length = 0;
      cut();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerItself(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { status, code = "ServiceUnavailable", clockAheadMilliseconds = 0 }: Extract<Fault, { kind: "status" }>,
): void {
  incoming.resume();
  incoming.once("end", () => {
    const date = new Date(Date.now() + clockAheadMilliseconds).toUTCString();
    answer.writeHead(status, { "content-type": "application/xml", date });
    answer.end(incoming.method === "HEAD" || status < 400 ? "" : `<Error><Code>${code}</Code></Error>`);
  });
}

function forward(
  incoming: IncomingMessage,
  answer: ServerResponse,
  target: { hostname: string; port: string },
  fault: Fault | undefined,
): void {
  const { method, url: path, headers } = incoming;
  const outgoing = sendRequest({ ...target, method, path, headers }, (real) => {
    if (fault?.kind === "lose-answer") {
      real.resume();
      real.once("end", () => incoming.socket.destroy());
      return;
    }
    relay(real, answer, fault);
  });
  outgoing.on("error", () => incoming.socket.destroy());
  answer.once("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function relay(real: IncomingMessage, answer: ServerResponse, fault: Fault | undefined): void {
  const length = Number(real.headers["content-length"] ?? 0);
  const headers = { ...real.headers };
  if (fault?.kind === "shorten-body") headers["content-length"] = String(length - fault.bytes);
  if (fault?.kind === "lengthen-body") headers["content-length"] = String(length + fault.bytes);
  answer.writeHead(real.statusCode ?? 502, headers);
  const cutAt = sentBytes(fault, length);
  let sent = 0;
  real.on("data", (chunk: Buffer) => {
    const from = sent;
    sent += chunk.length;
    if (fault?.kind === "wrong-byte" && fault.at >= from && fault.at < sent) {
      chunk.writeUInt8(chunk.readUInt8(fault.at - from) ^ 1, fault.at - from);
    }
    const flowing = answer.write(chunk.subarray(0, Math.max(cutAt - from, 0)), () => {
      if (fault?.kind === "cut-body" && sent >= cutAt) answer.destroy();
    });
    if (flowing) return;
    real.pause();
    answer.once("drain", () => real.resume());
  });
  real.on("error", () => answer.destroy());
  real.on("end", () => {
    if (fault?.kind === "stall-body") return;
    if (fault?.kind === "lengthen-body") answer.write(Buffer.alloc(fault.bytes));
    answer.end();
  });
}

/** After how many bytes of its body an answer of this length stops. */
function sentBytes(fault: Fault | undefined, length: number): number {
  switch (fault?.kind) {
    case "cut-body":
    case "stall-body":
      return fault.afterBytes;
    case "shorten-body":
      return length - fault.bytes;
    default:
      return Infinity;
  }
}
