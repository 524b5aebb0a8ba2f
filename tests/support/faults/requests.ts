import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

import { z } from "zod";

import { api, bearer, form } from "../api";

/** What a client got: a whole answer, or nothing that it could take for one. */
export interface Answer {
  /** 0 where the connection broke. */
  status: number;
  json: Record<string, unknown>;
}

export interface Sending {
  answer: Promise<Answer>;
  /** The client goes away. */
  leave(): void;
  /** Resolves when so many bytes of the body were handed to the network. */
  sent(bytes: number): Promise<void>;
  /** Sends no more than about so many bytes until `goOn`. */
  holdAt(bytes: number): void;
  goOn(): void;
  bytes: number;
}

interface Place {
  url: string;
  key: string;
}

/** The body goes out in so many pieces, a little apart, so that faults can meet an upload in its middle. */
const pieces = 20;
const pauseMilliseconds = 10;

/** Sends a bundle as a multipart form. */
export async function sendBundle(
  { url, key }: Place,
  path: "/import" | "/import/preview",
  bundle: Buffer,
  fields: Record<string, string> = {},
): Promise<Sending> {
  const encoded = new Request("http://test", { method: "POST", body: form(bundle, fields) });
  const body = Buffer.from(await encoded.arrayBuffer());
  const outgoing = request(url + api + path, {
    method: "POST",
    headers: { ...bearer(key), "content-type": encoded.headers.get("content-type") ?? "", "content-length": body.length },
  });
  let sentBytes = 0;
  let heldAt = Number.POSITIVE_INFINITY;
  let onSent: () => void = () => undefined;
  const write = async () => {
    const size = Math.ceil(body.length / pieces);
    for (let start = 0; start < body.length && !outgoing.destroyed; start += size) {
      const flowing = outgoing.write(body.subarray(start, start + size));
      sentBytes = Math.min(start + size, body.length);
      onSent();
      if (!flowing) await drained(outgoing);
      do await delay(pauseMilliseconds);
      while (sentBytes >= heldAt && !outgoing.destroyed);
    }
    outgoing.end();
  };
  const answer = answerOf(outgoing);
  void write();
  return {
    answer,
    leave: () => outgoing.destroy(),
    bytes: body.length,
    holdAt: (bytes) => {
      heldAt = bytes;
    },
    goOn: () => {
      heldAt = Number.POSITIVE_INFINITY;
    },
    sent: async (bytes) => {
      while (sentBytes < bytes && !outgoing.destroyed) await new Promise<void>((resolve) => (onSent = resolve));
    },
  };
}

/** Until it takes more, or nothing any more. */
async function drained(outgoing: ReturnType<typeof request>): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(outgoing, "drain", { signal }), once(outgoing, "close", { signal })]).catch(() => undefined);
  over.abort();
}

export async function sendJson({ url, key }: Place, path: string, body: unknown): Promise<Answer> {
  const outgoing = request(url + api + path, {
    method: "POST",
    headers: { ...bearer(key), "content-type": "application/json" },
  });
  const answer = answerOf(outgoing);
  outgoing.end(JSON.stringify(body));
  return answer;
}

const broken: Answer = { status: 0, json: {} };

function answerOf(outgoing: ReturnType<typeof request>): Promise<Answer> {
  return new Promise((resolve) => {
    outgoing.on("error", () => resolve(broken));
    outgoing.on("close", () => resolve(broken));
    outgoing.on("response", (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => resolve(broken));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, json: parse(text) });
      });
    });
  });
}

const jsonObject = z.record(z.string(), z.unknown());

function parse(text: string): Record<string, unknown> {
  try {
    return jsonObject.parse(JSON.parse(text));
  } catch {
    return { text };
  }
}

export interface Download {
  status: number;
  /** What arrived, whole or not. */
  bytes: Buffer;
  /** Whether the answer ended as HTTP says that answers end. */
  complete: boolean;
  runId: string;
}

/**
 * Downloads an export, at most so fast that faults can meet its middle.
 *
 * @param onBytes called with the bytes that have arrived so far, after each chunk
 */
export function download(
  { url, key }: Place,
  onBytes: (arrived: number, leave: () => void) => void | Promise<void> = () => undefined,
): Promise<Download> {
  return new Promise((resolve) => {
    const outgoing = request(`${url}${api}/export`, { method: "POST", headers: { ...bearer(key), "content-length": 0 } });
    const chunks: Buffer[] = [];
    let arrived = 0;
    let response: IncomingMessage | undefined;
    const finish = () =>
      resolve({
        status: response?.statusCode ?? 0,
        bytes: Buffer.concat(chunks),
        complete: response?.complete ?? false,
        runId: String(response?.headers["x-backup-run-id"] ?? ""),
      });
    outgoing.on("error", finish);
    outgoing.on("response", (incoming) => {
      response = incoming;
      const take = async () => {
        try {
          for await (const chunk of incoming) {
            chunks.push(chunk as Buffer);
            arrived += (chunk as Buffer).length;
            await onBytes(arrived, () => outgoing.destroy());
          }
        } catch {
          // What arrived and whether it is complete is what the caller asks.
        }
        finish();
      };
      void take();
    });
    outgoing.end();
  });
}
