import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { disturbExport, disturbImport, retryImport } from "../support/faults/disturb";
import { recorded } from "../support/faults/record";
import { download, sendBundle, type Sending } from "../support/faults/requests";
import { settled } from "../support/faults/settle";
import { inTheWholeOnly, spread, tries } from "../support/faults/size";
import { makeSourceBundle } from "../support/faults/source";
import { startTarget, type Target } from "../support/faults/target";

let target: Target;
let size: number;

beforeAll(async () => {
  target = await startTarget({ storage: "local", bundle: await makeSourceBundle() });
  size = (await download(target)).bytes.length;
  await target.reset();
});
afterEach(() => target.reset());
afterAll(() => target.stop());

describe("the client leaves", () => {
  const area = "the client leaves";
  const leave = (sending: Pick<Sending, "leave">) => sending.leave();

  it.each(spread(tries(1, 10)))("an upload, at %d of its bytes", async (at) => {
    await recorded({ area, fault: "in the middle of an upload" }, async () => {
      const sending = await sendBundle(target, "/import", target.bundle, { conflict_mode: "merge" });
      await sending.sent(sending.bytes * at);
      sending.leave();
      await sending.answer;
      const { ending, run, seconds } = await settled(target);
      expect(ending).toBe("undone");
      if (run !== null) expect(run).toEqual({ state: "aborted", error_code: null });
      await retryImport(target);
      return { outcome: "run aborted, nothing changed", seconds };
    });
  });

  it.runIf(inTheWholeOnly)("an upload that stands still for a minute", async () => {
    await recorded({ area, fault: "an upload that stands still" }, async () => {
      const sending = await sendBundle(target, "/import", target.bundle, { conflict_mode: "merge" });
      sending.holdAt(sending.bytes / 2);
      const startedAt = performance.now();
      expect(await sending.answer).toMatchObject({ status: 408, json: { code: "transfer_stalled" } });
      expect(performance.now() - startedAt).toBeGreaterThan(59_000);
      sending.leave();
      const { ending, run, seconds } = await settled(target);
      expect(ending).toBe("undone");
      if (run !== null) expect(run).toEqual({ state: "failed", error_code: "transfer_stalled" });
      await retryImport(target);
      return { outcome: "told transfer_stalled after a minute, nothing changed", seconds };
    });
  });

  it.each(spread(tries(1, 10)))("while the import works, at %d of its time", async (at) => {
    await recorded({ area, fault: "while the import works" }, async () => {
      const { ending, phase, run, seconds } = await disturbImport(target, { at, phase: "reading", strike: leave });
      if (ending === "undone") expect(run).toEqual({ state: "aborted", error_code: null });
      await retryImport(target);
      return { outcome: ending === "committed" ? "committed whole" : `run aborted, nothing changed (${phase})`, seconds };
    });
  });

  it.each(spread(tries(1, 10)))("a preview, at %d of its time", async (at) => {
    await recorded({ area, fault: "in the middle of a preview" }, async () => {
      const sending = await sendBundle(target, "/import/preview", target.bundle);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, at * target.duration)), sending.answer]);
      sending.leave();
      await sending.answer;
      const { ending, run, seconds } = await settled(target);
      expect(ending).toBe("undone");
      expect(run).toBeNull();
      const again = await (await sendBundle(target, "/import/preview", target.bundle)).answer;
      expect(again).toMatchObject({ status: 200, json: { valid: true } });
      return { outcome: "nothing changed", seconds };
    });
  });

  it.each(spread(tries(1, 10)))("a download, at %d of its bytes", async (at) => {
    await recorded({ area, fault: "in the middle of a download" }, async () => {
      const { whole, mayHaveSentAll, run, seconds } = await disturbExport(target, { at, size, strike: leave });
      if (!whole) expect(run).toEqual({ state: mayHaveSentAll ? expect.stringMatching(/^(aborted|succeeded)$/) : "aborted", error_code: null });
      expect(await download(target)).toMatchObject({ status: 200, complete: true });
      return { outcome: whole ? "whole bundle" : `refused by the reader, run ${String(run?.state)}`, seconds };
    });
  });
});

describe("during the upload", () => {
  const email = "late@example.com";
  const changes = [
    {
      name: "its admin is demoted",
      change: (_key: string) => target.database.pool.query("UPDATE users SET role = 'member' WHERE email = $1", [email]),
      refused: { status: 403, json: { code: "forbidden" } },
    },
    {
      name: "its key is revoked",
      change: (key: string) =>
        target.database.pool.query("UPDATE api_keys SET revoked_at = now() WHERE prefix = $1", [key.slice(0, 12)]),
      refused: { status: 401, json: { code: "unauthorized" } },
    },
  ];
  let key: string;

  beforeAll(async () => {
    await target.database.pool.query("INSERT INTO users (email, password_hash, role) VALUES ($1, 'none', 'admin')", [email]);
    key = await target.apiKey(email);
    target.before = await target.state();
    target.after = { ...target.after, rows: { ...target.after.rows, users: target.before.rows["users"] ?? "" } };
  });
  afterEach(async () => {
    await target.database.pool.query("UPDATE users SET role = 'admin' WHERE email = $1", [email]);
    await target.database.pool.query("UPDATE api_keys SET revoked_at = NULL");
  });

  describe.each(changes)("$name", ({ name, change, refused }) => {
    it.each(spread(tries(1, 5)))("at %d of its bytes", async (at) => {
      await recorded({ area: "rights end during the upload", fault: name }, async () => {
        const sending = await sendBundle({ ...target, key }, "/import", target.bundle, { conflict_mode: "merge" });
        await sending.sent(sending.bytes * at);
        await change(key);
        expect(await sending.answer).toMatchObject(refused);
        await target.database.pool.query("UPDATE users SET role = 'admin' WHERE email = $1", [email]);
        const { ending, run, seconds } = await settled(target);
        expect(ending).toBe("undone");
        if (run !== null) expect(run).toEqual({ state: "failed", error_code: refused.json.code });
        return { outcome: `refused with ${refused.status}, nothing changed`, seconds };
      });
    });
  });
});
