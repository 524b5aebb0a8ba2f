import { expect, it } from "vitest";

import { AnsweringThread } from "./answering-thread";

it("says that a thread was lost where none can be started", () => {
  const cause = new Error("no room for another thread");
  const start = () => {
    throw cause;
  };
  const lost = (because: Error | null) => new Error("lost", { cause: because });
  expect(() => new AnsweringThread(start, lost)).toThrow(expect.objectContaining({ message: "lost", cause }));
});
