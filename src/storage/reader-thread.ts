import type { Worker } from "node:worker_threads";
import type { WholeObject } from "./object-store";

interface Asked {
  id: number;
  key: string;
  size: number;
}

/** Objects that are read into buffers that were used before where there are any. */
export interface ReadRequest<Place> {
  /** Where they are. Not the thread's workerData, which Next's build takes for its own. */
  place: Place;
  objects: Asked[];
  spare: ArrayBuffer[];
}

/** As many at once as the thread likes. Null for one that is not just what was asked for, or could not be read. */
export type ReadAnswer = { id: number; whole: ReadObject | null }[];

interface ReadObject {
  content: Uint8Array<ArrayBuffer>;
  sha256: string;
  crc32: number;
}

interface Question {
  resolve: (answer: WholeObject | null) => void;
  reject: (error: Error) => void;
}

/**
 * Reads and hashes objects on a thread of its own. What is asked in one turn of the event loop
 * goes to the thread together, since waking one takes as long as reading a file.
 *
 * Nobody depends on it: what it cannot answer, also because it has ended, it answers with null. Only
 * an error that it ended with, which is a defect of its program, fails what was asked and will be.
 */
export class ReaderThread<Place> {
  private readonly worker: Worker;
  private state: "starting" | "up" | "lost" = "starting";
  private defect: Error | null = null;
  private asked: Asked[] = [];
  private readonly questions = new Map<number, Question>();
  private questionsAsked = 0;
  private readonly given = new WeakSet<ArrayBufferLike>();
  private spare: ArrayBuffer[] = [];

  constructor(
    start: () => Worker,
    private readonly place: Place,
  ) {
    this.worker = start();
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
      const id = ++this.questionsAsked;
      this.questions.set(id, { resolve, reject });
      this.asked.push({ id, key, size });
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
    const request: ReadRequest<Place> = { place: this.place, objects: this.asked, spare: this.spare };
    this.worker.postMessage(request, this.spare);
    this.asked = [];
    this.spare = [];
  }

  private answer(answer: ReadAnswer): void {
    for (const { id, whole } of answer) {
      this.questions.get(id)?.resolve(this.asWhole(whole));
      this.questions.delete(id);
    }
  }

  private asWhole(whole: ReadObject | null): WholeObject | null {
    if (whole === null) return null;
    const { content, sha256, crc32 } = whole;
    this.given.add(content.buffer);
    return { content: Buffer.from(content.buffer, content.byteOffset, content.length), sha256, crc32 };
  }

  private lose(defect: Error | null = null): void {
    this.state = "lost";
    this.defect ??= defect;
    const questions = [...this.questions.values()];
    this.questions.clear();
    this.asked = [];
    for (const { resolve, reject } of questions) {
      if (this.defect === null) resolve(null);
      else reject(this.defect);
    }
    void this.worker.terminate();
  }
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
