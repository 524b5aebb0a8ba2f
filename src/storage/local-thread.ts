import { Worker } from "node:worker_threads";
import type { WholeObject } from "./object-store";

/**
 * Made of local-worker.ts by `npm run generate`: Node's threads cannot load TypeScript.
 * Next's build bundles it once more, into .next.
 */
const program = new URL("../generated/local-worker.mjs", import.meta.url);

/** Objects that are read one after the other, into buffers that were used before where there are any. */
export interface ReadRequest {
  objects: { key: string; size: number }[];
  spare: ArrayBuffer[];
}

/** For each object; null where its file is not just what was asked for, or could not be read. */
export type ReadAnswer = ({ content: Uint8Array<ArrayBuffer>; sha256: string } | null)[];

interface Question {
  key: string;
  size: number;
  resolve: (answer: WholeObject | null) => void;
}

/**
 * Reads and hashes files of objects on a thread of its own: from the event loop each file
 * takes four turns of it, each as long as the thread takes for the whole. What is asked in one turn
 * goes to the thread together, since waking one takes as long as reading a file.
 *
 * Nobody depends on it: what it cannot answer, also because it has ended, it answers with null.
 */
export class LocalThread {
  private readonly worker: Worker;
  private state: "starting" | "up" | "lost" = "starting";
  private asked: Question[] = [];
  private readonly underWay: Question[][] = [];
  private readonly given = new WeakSet<ArrayBufferLike>();
  private spare: ArrayBuffer[] = [];

  /** @param objects the folder of the objects' files */
  constructor(objects: string) {
    // Without the options of the process, which may load what only the main thread needs.
    this.worker = new Worker(program, { execArgv: [], workerData: objects });
    this.worker.once("online", () => {
      if (this.state === "starting") this.state = "up";
    });
    this.worker.on("message", (answer: ReadAnswer) => this.answer(answer));
    this.worker.on("messageerror", () => this.lose());
    this.worker.on("error", () => this.lose());
    this.worker.on("exit", () => this.lose());
  }

  get isUp(): boolean {
    return this.state === "up";
  }

  read(key: string, size: number): Promise<WholeObject | null> {
    return new Promise((resolve) => {
      this.asked.push({ key, size, resolve });
      if (this.asked.length === 1) queueMicrotask(() => this.ask());
    });
  }

  /** Takes content back, if this thread has read it: nobody may use it, or another view of its memory, any more. */
  reuse({ buffer }: Buffer): void {
    // Once only, and never memory that others share.
    if (buffer instanceof ArrayBuffer && this.given.delete(buffer) && this.isUp) this.spare.push(buffer);
  }

  async end(): Promise<void> {
    this.lose();
    await this.worker.terminate();
  }

  private ask(): void {
    if (!this.isUp) return this.lose();
    const objects = this.asked.map(({ key, size }) => ({ key, size }));
    this.worker.postMessage({ objects, spare: this.spare } satisfies ReadRequest, this.spare);
    this.underWay.push(this.asked);
    this.asked = [];
    this.spare = [];
  }

  private answer(answer: ReadAnswer): void {
    for (const [index, { resolve }] of (this.underWay.shift() ?? []).entries()) resolve(this.asWhole(answer[index] ?? null));
  }

  private asWhole(answer: ReadAnswer[number]): WholeObject | null {
    if (answer === null) return null;
    const { content, sha256 } = answer;
    this.given.add(content.buffer);
    return { content: Buffer.from(content.buffer, content.byteOffset, content.length), sha256 };
  }

  private lose(): void {
    this.state = "lost";
    for (const { resolve } of [...this.underWay.splice(0).flat(), ...this.asked.splice(0)]) resolve(null);
    void this.worker.terminate();
  }
}
