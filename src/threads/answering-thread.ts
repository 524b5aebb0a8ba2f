import type { Worker } from "node:worker_threads";

import type { z } from "zod";

interface Question {
  settle: (message: unknown) => void;
  reject: (error: Error) => void;
}

/** What says that a thread has ended before its work did: out of memory, say. */
export type ThreadLost = (cause: Error | null) => Error;

/** A thread that answers in the order in which it is asked, or fails: with what says that it was lost, or with the error that its program ended with. */
export class AnsweringThread {
  private readonly waiting: Question[] = [];
  private failure: Error | null = null;
  private readonly worker: Worker;

  /** @throws what says that a thread was lost, where none can be started */
  constructor(start: () => Worker, threadLost: ThreadLost) {
    const worker = (this.worker = startOr(start, threadLost));
    worker.on("message", (message: unknown) => this.waiting.shift()?.settle(message));
    worker.on("messageerror", (error: Error) => this.fail(error));
    worker.on("error", (error: Error) => this.fail(isOutOfMemory(error) ? threadLost(error) : error));
    worker.on("exit", () => this.fail(threadLost(null)));
  }

  /** What is not answered. */
  tell(request: unknown): void {
    this.worker.postMessage(request);
  }

  /** @param moved no longer the caller's */
  ask<Answer>(schema: z.ZodType<Answer>, request: unknown, moved: readonly ArrayBuffer[]): Promise<Answer> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      const settle = (message: unknown) => {
        const answer = schema.safeParse(message);
        if (answer.success) resolve(answer.data);
        else reject(this.fail(answer.error));
      };
      // Where it cannot be sent, nobody waits for its answer.
      this.worker.postMessage(request, moved);
      this.waiting.push({ settle, reject });
    });
  }

  /** What is under way fails. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(failure: Error): Error {
    this.failure ??= failure;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
    void this.worker.terminate();
    return this.failure;
  }
}

function startOr(start: () => Worker, threadLost: ThreadLost): Worker {
  try {
    return start();
  } catch (error) {
    throw threadLost(error instanceof Error ? error : null);
  }
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
