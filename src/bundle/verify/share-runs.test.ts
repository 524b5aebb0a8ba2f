import { describe, expect, it } from "vitest";

import { shareRuns, type Reader } from "./share-runs";

interface Run {
  number: number;
}

/** Whose runs end when the test says so. */
class ToldReader implements Reader<Run, string> {
  readonly asked: number[] = [];
  isStopped = false;
  private end: { verified: (result: string) => void; refused: (error: Error) => void } | null = null;

  verify({ number }: Run): Promise<string> {
    this.asked.push(number);
    return new Promise((verified, refused) => (this.end = { verified, refused }));
  }

  stop(): void {
    this.isStopped = true;
    this.end?.refused(new Error("stopped"));
  }

  async verified(): Promise<void> {
    this.end?.verified(`run ${this.asked.at(-1) ?? ""}`);
    await turn();
  }

  async refused(message: string): Promise<void> {
    this.end?.refused(new Error(message));
    await turn();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function share(count: number): { one: ToldReader; other: ToldReader; results: string[]; end: Promise<string> } {
  const [one, other] = [new ToldReader(), new ToldReader()];
  const results: string[] = [];
  const runs = Array.from({ length: count }, (_, number) => ({ number })).values();
  const end = shareRuns(runs, [one, other], (_run, result) => results.push(result)).then(
    () => "done",
    (error: unknown) => String(error),
  );
  return { one, other, results, end };
}

describe("runs", () => {
  it("go to whoever is free, in their order", async () => {
    const { one, other, results, end } = share(5);
    await other.verified();
    await other.verified();
    await one.verified();
    expect([one.asked, other.asked]).toEqual([[0, 4], [1, 2, 3]]);
    await other.verified();
    await one.verified();
    expect(await end).toBe("done");
    expect(results).toEqual(["run 1", "run 2", "run 0", "run 3", "run 4"]);
  });

  it("before one that is refused are waited for, and the first refusal counts", async () => {
    const { one, other, end } = share(5);
    await other.refused("second");
    expect(one.isStopped).toBe(false);
    await one.refused("first");
    expect(await end).toBe("Error: first");
    expect([one.asked, other.asked]).toEqual([[0], [1]]);
  });

  it("before one that is refused may be sound", async () => {
    const { one, other, results, end } = share(5);
    await other.refused("second");
    await one.verified();
    expect(await end).toBe("Error: second");
    expect([results, one.asked]).toEqual([["run 0"], [0]]);
  });

  it("behind one that is refused are stopped", async () => {
    const { one, other, end } = share(5);
    await one.refused("first");
    expect([one.isStopped, other.isStopped]).toEqual([false, true]);
    expect(await end).toBe("Error: first");
    expect([one.asked, other.asked]).toEqual([[0], [1]]);
  });
});
