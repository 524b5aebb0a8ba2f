import { ClientGone, RequestError } from "../errors";

/** A connection that carries nothing for a minute is dead or held open on purpose. */
const windowMilliseconds = 60_000;

/** In each window: a kilobyte a second, below the slowest line on which a bundle could be sent at all. */
const minimumBytesPerWindow = 60 * 1024;

/**
 * How long a body that nobody wants is read all the same, so that the client gets to read
 * the answer instead of a reset connection: as long as nginx lingers (lingering_time).
 */
const lingerMilliseconds = 30_000;

/** A client that stopped sending has seen the answer. */
const lingerSilenceMilliseconds = 1_000;

export interface StallLimits {
  windowMilliseconds: number;
  minimumBytesPerWindow: number;
}

/** A request's body: read once, bounded in time by progress, and known to be at its end or not. */
export class RequestBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #pending: Promise<{ done: boolean; value?: Uint8Array | undefined }> | undefined;
  #ended: boolean;

  constructor(
    request: Request,
    private readonly limits: StallLimits = { windowMilliseconds, minimumBytesPerWindow },
  ) {
    this.#ended = request.body === null || !mayHaveBody(request.headers);
    this.#reader = this.#ended ? undefined : request.body?.getReader();
  }

  /** Whether nothing of it is left unread. */
  get ended(): boolean {
    return this.#ended;
  }

  /** @throws RequestError `transfer_stalled`; ClientGone */
  async *chunks(): AsyncGenerator<Buffer, void, void> {
    let windowEnds = Date.now() + this.limits.windowMilliseconds;
    let received = 0;
    while (!this.#ended) {
      const waitingSince = Date.now();
      const chunk = await this.#next(Math.max(0, windowEnds - waitingSince));
      if (chunk === "silence") {
        if (received < this.limits.minimumBytesPerWindow) throw stalled();
        received = 0;
        windowEnds = Date.now() + this.limits.windowMilliseconds;
      } else if (chunk !== undefined) {
        received += chunk.length;
        const takenFrom = Date.now();
        yield chunk;
        // The time it took us to deal with the chunk is not the client's.
        windowEnds += Date.now() - takenFrom;
      }
    }
  }

  /** The whole body as text. @throws RequestError `too_large` beyond so many bytes */
  async text(maximumBytes: number): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.chunks()) {
      size += chunk.length;
      if (size > maximumBytes) {
        throw new RequestError("too_large", `The request's body may have ${maximumBytes} bytes at most.`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  /** Reads on without keeping anything, until the end, silence, or for long enough. Never throws. */
  async linger(): Promise<void> {
    const until = Date.now() + lingerMilliseconds;
    try {
      while (!this.#ended && Date.now() < until) {
        if ((await this.#next(lingerSilenceMilliseconds)) === "silence") return;
      }
    } catch {
      // The client has gone, which is as good.
    }
  }

  async #next(milliseconds: number): Promise<Buffer | "silence" | undefined> {
    if (this.#reader === undefined) return undefined;
    this.#pending ??= this.#reader.read();
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<"silence">((resolve) => {
      timer = setTimeout(resolve, milliseconds, "silence");
    });
    try {
      const result = await Promise.race([this.#pending, silence]);
      if (result === "silence") return "silence";
      this.#pending = undefined;
      if (result.done) this.#ended = true;
      const { value } = result;
      return value === undefined ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    } catch (error) {
      // The stream fails only where its connection does.
      this.#ended = true;
      throw new ClientGone({ cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** HTTP/1.1 announces every body with one of two headers (RFC 9112, 6.3). */
function mayHaveBody(headers: Headers): boolean {
  return headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0";
}

function stalled(): RequestError {
  return new RequestError("transfer_stalled", "The upload made no progress for a minute.");
}
