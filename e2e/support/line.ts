import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** What browsers connect to: passes bytes on to a server, as fast as a test allows, for as long as it allows. */
export interface Line {
  /** Bytes a second in each direction of every connection, until the next call; Infinity as at the beginning. */
  limit(bytesPerSecond: number): void;
  /** Cuts every connection, and takes no new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function startLine({ port, behind }: { port: number; behind: number }): Promise<Line> {
  let rate = Infinity;
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  };
  const server = createServer((incoming) => {
    const outgoing = connect(behind, "127.0.0.1");
    track(incoming);
    track(outgoing);
    incoming.pipe(slowDown(() => rate)).pipe(outgoing);
    outgoing.pipe(slowDown(() => rate)).pipe(incoming);
    incoming.on("close", () => outgoing.destroy());
    outgoing.on("close", () => incoming.destroy());
  });
  const mend = async () => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await mend();
  return {
    limit: (bytesPerSecond) => {
      rate = bytesPerSecond;
    },
    cut,
    mend,
    close: cut,
  };
}

/** Small buffers: what was written is soon across, so that a sender sees how slow the line is. */
function slowDown(rate: () => number): Transform {
  return new Transform({
    highWaterMark: 64 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      const milliseconds = (chunk.length / rate()) * 1000;
      if (milliseconds < 1) done(null, chunk);
      else void delay(milliseconds).then(() => done(null, chunk));
    },
  });
}
