import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface DatabaseProxy {
  /** The same database through the proxy. */
  url: string;
  /** What the next COMMIT meets; once. */
  loseCommit(what: "statement" | "answer"): void;
  close(): Promise<void>;
}

/** A simple query of PostgreSQL's protocol: `Q`, its length, the statement and a zero. */
const commitMessage = Buffer.from("Q\0\0\0\x0bCOMMIT\0", "latin1");

/** Time for the server to commit what it was sent. */
const commitMilliseconds = 500;

/**
 * A way to PostgreSQL that loses a COMMIT or its answer, and the connection with it.
 *
 * @param localAddress the address of this machine that PostgreSQL sees as the client's
 */
export async function startDatabaseProxy(url: string, localAddress = "127.0.0.1"): Promise<DatabaseProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let losing: "statement" | "answer" | null = null;
  const server = createServer((incoming) => {
    const outgoing = connect({ host: target.hostname, port: Number(target.port), localAddress });
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => undefined);
    }
    const cut = () => {
      incoming.destroy();
      outgoing.destroy();
    };
    incoming.on("close", cut);
    outgoing.on("close", cut);
    outgoing.on("data", (chunk: Buffer) => incoming.write(chunk));
    incoming.on("data", (chunk: Buffer) => {
      const lost = losing !== null && chunk.includes(commitMessage) ? losing : null;
      if (lost !== "statement") outgoing.write(chunk);
      if (lost === null) return;
      losing = null;
      outgoing.removeAllListeners("data");
      outgoing.resume();
      setTimeout(cut, lost === "answer" ? commitMilliseconds : 0);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String(address.port);
  return {
    url: through.href,
    loseCommit: (what) => {
      losing = what;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
