import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  status: number;
  /** Header lines and body as they came, chunk sizes included. */
  text: string;
  /** The `code` of a problem. */
  code: string | undefined;
}

/** A connection on which a test says what no HTTP client would. */
export async function openRaw(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  // What the server breaks off is for the test to notice by what it reads.
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** Reads until the answer is whole or the connection ends. */
export async function readAnswer(socket: Socket, patienceMilliseconds = 20_000): Promise<RawAnswer> {
  let text = "";
  const timer = setTimeout(() => socket.destroy(), patienceMilliseconds);
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  await new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
    socket.on("data", () => {
      if (/\r\n0\r\n\r\n$/.test(text)) resolve();
    });
  });
  clearTimeout(timer);
  socket.destroy();
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    text,
    code: /"code":"(\w+)"/.exec(text)?.[1],
  };
}

export async function sendRaw(port: number, ...pieces: (string | Buffer)[]): Promise<RawAnswer> {
  const socket = await openRaw(port);
  const answer = readAnswer(socket);
  for (const piece of pieces) socket.write(piece);
  return answer;
}
