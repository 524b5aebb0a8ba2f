import { Worker } from "node:worker_threads";

import { AnsweringThread } from "@/threads/answering-thread";
import { threadOptions } from "@/threads/options";

import type { BundleLimits } from "../limits";
import { errorOf } from "../refusal";
import type { LongestRows } from "./run-reader";
import type { Run } from "./runs";
import { verifyAnswerSchema, type VerifyRequest } from "./verify-messages";

/**
 * Made of verify-worker.ts by `npm run generate`: Node's threads cannot load TypeScript.
 * Next's build bundles it once more, into .next.
 */
const program = new URL("../../generated/verify-worker.mjs", import.meta.url);

/** The thread has ended, or could not begin: what it was asked is not answered. */
export class VerifyThreadLost extends Error {
  constructor(cause: Error | null) {
    super("A thread that verifies a bundle has ended.", { cause });
  }
}

/** RunReader on a thread of its own. */
export class VerifyThread {
  private readonly thread: AnsweringThread;

  /**
   * @param fd of the archive, open until the thread has ended
   * @throws VerifyThreadLost
   */
  constructor(fd: number, limits: BundleLimits) {
    this.thread = new AnsweringThread(() => new Worker(program, threadOptions), (cause) => new VerifyThreadLost(cause));
    this.thread.tell({ kind: "archive", fd, limits } satisfies VerifyRequest);
  }

  /** @throws BundleError of the first entry that is not what is stated; VerifyThreadLost */
  async verify(run: Run): Promise<LongestRows> {
    const answer = await this.thread.ask(verifyAnswerSchema, { kind: "run", run } satisfies VerifyRequest, []);
    if (answer.kind === "refused") throw errorOf(answer);
    return answer.longestRows;
  }

  /** What is under way fails. */
  async end(): Promise<void> {
    await this.thread.end();
  }
}
