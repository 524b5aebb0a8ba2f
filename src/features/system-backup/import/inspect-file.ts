import type { Inspection } from "@/bundle/browser";

import type { WorkerAnswer } from "../inspect.worker";

/** A file that takes longer is one for the server: whoever waits should not have to. */
const patienceMilliseconds = 15_000;

/**
 * What the file is, as far as the browser can tell. Null where it can't be read, because it was
 * moved or deleted, say.
 */
export function inspectFile(file: File, signal: AbortSignal): Promise<Inspection | null> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("../inspect.worker.ts", import.meta.url), { type: "module" });
    const finish = (inspection: Inspection | null) => {
      window.clearTimeout(timer);
      worker.terminate();
      resolve(inspection);
    };
    const timer = window.setTimeout(() => finish({ outcome: "unseen" }), patienceMilliseconds);
    signal.addEventListener("abort", () => finish(null));
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => finish(data);
    // A browser that cannot, or has not the memory: the server looks at everything anyway.
    worker.onerror = () => finish({ outcome: "unseen" });
    worker.postMessage(file);
  });
}
