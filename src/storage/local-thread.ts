import { Worker } from "node:worker_threads";
import type { WholeObject } from "./object-store";

/**
 * Made of local-worker.ts by `npm run generate`: Node's threads cannot load TypeScript.
 * Next's build bundles it once more, into .next.
 */
const program = new URL("../generated/local-worker.mjs", import.meta.url);

/** Objects that are read one after the other, into buffers that were used before where there are any. */
export interface ReadRequest {
  /** Of the objects' files. Not the thread's workerData, which Next's build takes for its own. */
  folder: string;
  objects: { key: string; size: number }[];
  spare: ArrayBuffer[];
}

/** For each object; null where its file is not just what was asked for, or could not be read. */
export type ReadAnswer = ({ content: Uint8Array<ArrayBuffer>; sha256: string; crc32: number } | null)[];

interface Question {
  key: string;
  size: number;
  resolve: (answer: WholeObject | null) => void;
  reject: (error: Error) => void;
}

/**
 * Reads and hashes files of objects on a thread of its own: from the event loop each file
 * takes four turns of it, each as long as the thread takes for the whole. What is asked in one turn
 * goes to the thread together, since waking one takes as long as reading a file.
 *
 * Nobody depends on it: what it cannot answer, also because it has ended, it answers with null. Only
 * an error that it ended with, which is a defect of its program, fails what was asked and will be.
 */
export class LocalThread {
  // Without the options of the process, which may load what only the main thread needs.
  private readonly worker = new Worker(program, { execArgv: [] });
  private state: "starting" | "up" | "lost" = "starting";
  private defect: Error | null = null;
  private asked: Question[] = [];
  private readonly underWay: Question[][] = [];
  private readonly given = new WeakSet<ArrayBufferLike>();
  private spare: ArrayBuffer[] = [];

  /** @param folder the folder of the objects' files */
  constructor(private readonly folder: string) {
    this.worker.once("online", () => {
      if (this.state === "starting") this.state = "up";
    });
    this.worker.on("message", (answer: ReadAnswer) => this.answer(answer));
    this.worker.on("messageerror", () => this.lose());
    this.worker.on("error", (error: Error) => this.lose(isOutOfMemory(error) ? null : error));
    this.worker.on("exit", () => this.lose());
  }

  /** @throws Error that the thread ended with */
  get isUp(): boolean {
    if (this.defect !== null) throw this.defect;
    return this.state === "up";
  }

  read(key: string, size: number): Promise<WholeObject | null> {
    return new Promise((resolve, reject) => {
      this.asked.push({ key, size, resolve, reject });
      if (this.asked.length === 1) queueMicrotask(() => this.ask());
    });
  }

  /** Takes content back, if this thread has read it: nobody may use it, or another view of its memory, any more. */
  reuse({ buffer }: Buffer): void {
    // Once only, and never memory that others share.
    if (buffer instanceof ArrayBuffer && this.given.delete(buffer) && this.state === "up") this.spare.push(buffer);
  }

  async end(): Promise<void> {
    this.lose();
    await this.worker.terminate();
  }

  private ask(): void {
    if (this.state !== "up") return this.lose();
    const objects = this.asked.map(({ key, size }) => ({ key, size }));
    this.worker.postMessage({ folder: this.folder, objects, spare: this.spare } satisfies ReadRequest, this.spare);
    this.underWay.push(this.asked);
    this.asked = [];
    this.spare = [];
  }

  private answer(answer: ReadAnswer): void {
    for (const [index, { resolve }] of (this.underWay.shift() ?? []).entries()) resolve(this.asWhole(answer[index] ?? null));
  }

  private asWhole(answer: ReadAnswer[number]): WholeObject | null {
    if (answer === null) return null;
    const { content, sha256, crc32 } = answer;
    this.given.add(content.buffer);
    return { content: Buffer.from(content.buffer, content.byteOffset, content.length), sha256, crc32 };
  }

  private lose(defect: Error | null = null): void {
    this.state = "lost";
    this.defect ??= defect;
    for (const { resolve, reject } of [...this.underWay.splice(0).flat(), ...this.asked.splice(0)]) {
      if (this.defect === null) resolve(null);
      else reject(this.defect);
    }
    void this.worker.terminate();
  }
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
