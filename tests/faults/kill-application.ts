import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { disturbExport, disturbImport, retryImport } from "../support/faults/disturb";
import { recorded } from "../support/faults/record";
import { download } from "../support/faults/requests";
import { spread, tries } from "../support/faults/size";
import { makeSourceBundle } from "../support/faults/source";
import type { StorageKind } from "../support/faults/storage";
import { startTarget, type Target } from "../support/faults/target";

const area = "kill -9 of the application";

/** The same for each storage, in a file of its own so that two of them run at once. */
export function killTheApplication(storage: StorageKind): void {
  describe(`the application on ${storage} storage`, () => {
    let target: Target;
    let size: number;

    beforeAll(async () => {
      target = await startTarget({ storage, bundle: await makeSourceBundle() });
      size = (await download(target)).bytes.length;
      await target.reset();
    });
    afterEach(() => target.reset());
    afterAll(() => target.stop());

    const strike = () => target.application.kill();
    const repair = () => target.application.start();

    // The import before was the first of its process, which takes longer than the next.
    const moments = spread(tries(1, 20)).map((at) => Number((at * 0.85).toFixed(3)));

    it.each(moments)("an import, killed at %d of its time", async (at) => {
      await recorded({ area, fault: `import, ${storage} storage` }, async () => {
        const { ending, phase, run, seconds } = await disturbImport(target, { at, strike, repair });
        if (ending === "undone" && run !== null) expect(run.state).toBe("interrupted");
        await retryImport(target);
        return { outcome: ending === "committed" ? "committed whole" : `undone at the restart (${phase})`, seconds };
      });
    });

    it.each(spread(tries(1, 10)))("an export, killed at %d of its bytes", async (at) => {
      await recorded({ area, fault: `export, ${storage} storage` }, async () => {
        const { whole, mayHaveSentAll, run, seconds } = await disturbExport(target, { at, size, strike, repair });
        if (!whole) expect(run?.state).toMatch(mayHaveSentAll ? /^(interrupted|succeeded)$/ : /^interrupted$/);
        const again = await download(target);
        expect(again.complete && again.bytes.length > size * 0.9).toBe(true);
        return { outcome: whole ? "whole bundle" : `refused by the reader, run ${String(run?.state)}`, seconds };
      });
    });
  });
}
