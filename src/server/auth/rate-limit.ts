/** Attempts of one key within a window that begins with the first of them. */
interface Window {
  attempts: number;
  endsAt: number;
}

export interface RateLimitOptions {
  attempts: number;
  windowMilliseconds: number;
  /** Keys remembered at once; beyond it the oldest is forgotten, so that memory is bounded whatever is sent. */
  maximumKeys: number;
}

/** Counts attempts by key in this process's memory. */
export class RateLimit {
  readonly #windows = new Map<string, Window>();

  constructor(private readonly options: RateLimitOptions) {}

  /** Counts an attempt. Answers the milliseconds to wait where it is one too many, else 0. */
  take(key: string, now = Date.now()): number {
    const window = this.#current(key, now);
    if (window.attempts >= this.options.attempts) return window.endsAt - now;
    window.attempts += 1;
    return 0;
  }

  /** Forgets the attempts of a key. */
  clear(key: string): void {
    this.#windows.delete(key);
  }

  /** Takes one attempt back. */
  giveBack(key: string): void {
    const window = this.#windows.get(key);
    if (window !== undefined && window.attempts > 0) window.attempts -= 1;
  }

  get size(): number {
    return this.#windows.size;
  }

  #current(key: string, now: number): Window {
    const known = this.#windows.get(key);
    if (known !== undefined && known.endsAt > now) return known;
    const window = { attempts: 0, endsAt: now + this.options.windowMilliseconds };
    this.#windows.delete(key);
    this.#windows.set(key, window);
    const oldest = this.#windows.keys().next();
    if (this.#windows.size > this.options.maximumKeys && oldest.done === false) this.#windows.delete(oldest.value);
    return window;
  }
}
