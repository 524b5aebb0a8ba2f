import { expect, type BrowserContext } from "@playwright/test";

/** What a browser's console says is wrong, in every session of a test. */
export interface ErrorWatch {
  watch(context: BrowserContext): void;
  /** For what the test brings about itself, such as a request that is refused. */
  allow(pattern: RegExp): void;
  expectNone(): void;
}

export function watchForErrors(): ErrorWatch {
  const seen: string[] = [];
  const allowed: RegExp[] = [];
  return {
    watch: (context) => {
      context.on("console", (message) => {
        const type = message.type();
        if (type === "error" || type === "warning") seen.push(`${type}: ${message.text()} (${message.location().url})`);
      });
      context.on("weberror", (error) => seen.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    },
    allow: (pattern) => allowed.push(pattern),
    expectNone: () => {
      expect(seen.filter((text) => !allowed.some((pattern) => pattern.test(text))), "errors in the console").toEqual([]);
    },
  };
}
