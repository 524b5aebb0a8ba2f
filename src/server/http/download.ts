import type { BundleSink } from "@/bundle";

import { abortReason } from "../abort-reason";
import { ClientGone, RequestError } from "../errors";

/** An export holds a snapshot of the database; who takes nothing for so long is not downloading any more. */
const stallMilliseconds = 5 * 60 * 1000;

/**
 * A body that is produced only as fast as the client takes it. After a failure its
 * connection breaks, so that nobody takes what arrived for the whole.
 */
export class Download implements BundleSink {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #gone = new AbortController();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #pull: (() => void) | undefined;
  #wanted: (() => void) | undefined;
  #begin: (() => void) | undefined;

  /** Resolves when there is a first byte to send. */
  readonly begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  constructor(private readonly stallAfterMilliseconds = stallMilliseconds) {
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () =>
          new Promise((resolve) => {
            this.#pull = resolve;
            this.#wanted?.();
          }),
        cancel: (reason) => this.#gone.abort(new ClientGone({ cause: reason })),
      },
      // Nothing is made before somebody asks for it.
      { highWaterMark: 0 },
    );
  }

  /** Aborts when the client has left. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the client has asked for this chunk. @throws ClientGone; RequestError `transfer_stalled` */
  async write(chunk: Buffer): Promise<void> {
    this.#begin?.();
    if (this.#pull === undefined) await this.#untilWanted();
    this.#gone.signal.throwIfAborted();
    const asked = this.#pull;
    this.#pull = undefined;
    this.#controller?.enqueue(chunk);
    asked?.();
  }

  end(): void {
    if (this.gone.aborted) return;
    this.#controller?.close();
    this.#pull?.();
  }

  fail(error: unknown): void {
    if (this.gone.aborted) return;
    this.#gone.abort(error);
    this.#controller?.error(error);
    this.#pull?.();
  }

  #untilWanted(): Promise<void> {
    return new Promise((resolve, reject) => {
      const stalled = new RequestError("transfer_stalled", "The download made no progress for five minutes.");
      const timer = setTimeout(() => finish(() => reject(stalled)), this.stallAfterMilliseconds);
      const onGone = () => finish(() => reject(abortReason(this.gone)));
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.gone.removeEventListener("abort", onGone);
        this.#wanted = undefined;
        settle();
      };
      this.#wanted = () => finish(resolve);
      this.gone.addEventListener("abort", onGone);
      if (this.gone.aborted) onGone();
    });
  }
}
