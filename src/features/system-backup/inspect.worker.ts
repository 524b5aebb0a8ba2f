/// <reference lib="webworker" />
import { inspectBundle, type Inspection } from "@/bundle/browser";

/** What the page is told: what the file is, or null where it could not be read. */
export type WorkerAnswer = Inspection | null;

// In a worker of its own: unpacking a manifest would hold up the page, and jszip stays out of its first load.
self.onmessage = ({ data }: MessageEvent<File>) => {
  inspectBundle(data).then(
    (inspection: WorkerAnswer) => self.postMessage(inspection),
    () => self.postMessage(null),
  );
};
