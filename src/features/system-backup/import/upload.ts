import type { BundleSummary, Inspection } from "@/bundle/browser";

import { inspectFile } from "./inspect-file";
import { sendBundle, type UploadEnd } from "./send-bundle";

type Refusal = Extract<Inspection, { outcome: "refused" }>;
type Failure = Exclude<UploadEnd, { end: "previewed" | "invalid" }>;

/** Where the file that was chosen stands. */
export type Upload =
  | { step: "none" }
  | { step: "inspecting"; file: File }
  | { step: "unreadable"; file: File }
  | { step: "refused"; file: File; refusal: Refusal }
  /** `summary` is null where the browser could not look into it. */
  | { step: "ready"; file: File; summary: BundleSummary | null; failure: Failure | "cancelled" | null }
  | { step: "sending"; file: File; sent: number }
  /** All is sent; the server verifies every byte and plans. */
  | { step: "checking"; file: File; since: string }
  | { step: "previewed"; previewId: string }
  | { step: "invalid"; file: File; end: Extract<UploadEnd, { end: "invalid" }> };

/**
 * One upload for the tab. It stands beside the pages, so that looking at another one neither
 * ends it nor forgets what it said.
 */
class UploadStore {
  private upload: Upload = { step: "none" };
  private readonly listeners = new Set<() => void>();
  private end: () => void = () => undefined;

  readonly current = (): Upload => this.upload;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly forget = (): void => {
    this.end();
    this.set({ step: "none" });
  };

  /** @param limit bytes that this installation takes; null where that is not known yet */
  readonly choose = async (file: File, limit: number | null): Promise<void> => {
    this.end();
    if (limit !== null && file.size > limit) {
      return this.set({ step: "refused", file, refusal: { outcome: "refused", code: "upload_too_large", message: "" } });
    }
    const over = new AbortController();
    this.end = () => over.abort();
    this.set({ step: "inspecting", file });
    const inspection = await inspectFile(file, over.signal);
    if (over.signal.aborted) return;
    if (inspection === null) return this.set({ step: "unreadable", file });
    if (inspection.outcome === "refused") return this.set({ step: "refused", file, refusal: inspection });
    const summary = inspection.outcome === "bundle" ? inspection.summary : null;
    this.set({ step: "ready", file, summary, failure: null });
  };

  readonly send = async (file: File, summary: BundleSummary | null): Promise<void> => {
    this.end();
    this.set({ step: "sending", file, sent: 0 });
    let isOver = false;
    const sending = sendBundle(
      file,
      (sent) => {
        if (!isOver) this.set({ step: "sending", file, sent });
      },
      () => {
        if (!isOver) this.set({ step: "checking", file, since: new Date().toISOString() });
      },
    );
    this.end = () => {
      isOver = true;
      sending.cancel();
    };
    this.cancelSending = () => {
      this.end();
      this.set({ step: "ready", file, summary, failure: "cancelled" });
    };
    const end = await sending.ended;
    if (isOver) return;
    isOver = true;
    switch (end.end) {
      case "previewed":
        return this.set({ step: "previewed", previewId: end.previewId });
      case "invalid":
        return this.set({ step: "invalid", file, end });
      case "refused":
      case "lost":
        return this.set({ step: "ready", file, summary, failure: end });
    }
  };

  cancelSending: () => void = () => undefined;

  private set(upload: Upload): void {
    this.upload = upload;
    for (const listener of this.listeners) listener();
  }
}

export const uploads = new UploadStore();
