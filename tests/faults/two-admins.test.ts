import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { api, bearer, call } from "../support/api";
import { recorded } from "../support/faults/record";
import { sendBundle, sendJson, type Answer } from "../support/faults/requests";
import { settled } from "../support/faults/settle";
import { tries } from "../support/faults/size";
import { makeSourceBundle } from "../support/faults/source";
import { startTarget, type Target } from "../support/faults/target";
import { callProcedure } from "../support/procedures";
import { sessionOf } from "../support/session";

const area = "two admins";
const firstEmail = "admin@example.com";
const otherEmail = "other@example.com";
const rounds = Array.from({ length: tries(1, 20) }, (_, round) => round + 1);

const merge = { conflict_mode: "merge" };

let target: Target;
let otherKey: string;
let cookie: string;

beforeAll(async () => {
  target = await startTarget({ storage: "local", bundle: await makeSourceBundle() });
  const { pool } = target.database;
  await pool.query("INSERT INTO users (email, password_hash, role) SELECT $1, password_hash, role FROM users WHERE email = $2", [otherEmail, firstEmail]);
  otherKey = await target.apiKey(otherEmail);
  cookie = await sessionOf(target, firstEmail);
  target.before = await target.state();
  target.after = { ...target.after, rows: { ...target.after.rows, users: target.before.rows["users"] ?? "" } };
  const { answer } = await sendBundle({ ...target, key: otherKey }, "/import", target.bundle, merge);
  expect((await answer).status).toBe(200);
  target.afterByAnother = await target.state();
  await target.reset();
});
afterEach(() => target.reset());
afterAll(() => target.stop());

/** Of answers given at once: one import works, and the others too, in turn, or they are told who works. */
function checkImports(answers: readonly Answer[], mayHold: readonly string[]): string {
  const done = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(done.length, JSON.stringify(refused)).toBeGreaterThanOrEqual(1);
  for (const { status, json } of refused) {
    expect({ status, json }).toMatchObject({ status: 409, json: { code: "import_running" } });
    const holder = z.object({ started_by: z.string(), run_id: z.uuid() }).parse(json["holder"]);
    expect(mayHold).toContain(holder.started_by);
  }
  return refused.length === 0 ? "all imported, in turn" : `${done.length} imported, ${refused.length} told who does`;
}

async function preview(): Promise<string> {
  const { json } = await (await sendBundle(target, "/import/preview", target.bundle)).answer;
  return z.uuid().parse(json["preview_id"]);
}

it.each(rounds)("import and import, round %d", async () => {
  await recorded({ area, fault: "import and import" }, async () => {
    const sendings = await Promise.all([
      sendBundle(target, "/import", target.bundle, merge),
      sendBundle({ ...target, key: otherKey }, "/import", target.bundle, merge),
    ]);
    const answers = await Promise.all(sendings.map(({ answer }) => answer));
    const outcome = checkImports(answers, [firstEmail, otherEmail]);
    expect((await settled(target)).ending).toBe("committed");
    return { outcome };
  });
});

it.each(rounds)("import and preview, round %d", async () => {
  await recorded({ area, fault: "import and preview" }, async () => {
    const sendings = await Promise.all([
      sendBundle(target, "/import", target.bundle, merge),
      sendBundle({ ...target, key: otherKey }, "/import/preview", target.bundle),
    ]);
    const answers = await Promise.all(sendings.map(({ answer }) => answer));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await settled(target)).ending).toBe("committed");
    return { outcome: "both answered 200" };
  });
});

it.each(rounds)("a double click on the same preview's import over REST, round %d", async () => {
  await recorded({ area, fault: "double click, REST" }, async () => {
    const preview_id = await preview();
    const answers = await Promise.all([1, 2].map(() => sendJson(target, "/import", { preview_id, ...merge })));
    const outcome = checkImports(answers, [firstEmail]);
    expect((await settled(target)).ending).toBe("committed");
    return { outcome };
  });
});

it.each(rounds)("a double click on the panel's start, round %d", async () => {
  await recorded({ area, fault: "double click, panel" }, async () => {
    const input = { preview_id: await preview(), ...merge };
    const start = () =>
      callProcedure(target, "systemBackup.imports.start", { type: "mutation", input, headers: { cookie } });
    const answers = await Promise.all([start(), start()]);
    const codes = answers.map(({ status, code }) => (status === 200 ? "started" : String(code)));
    expect(codes).toContain("started");
    for (const code of codes) expect(["started", "import_running"]).toContain(code);
    await expect.poll(runsThatRun, { timeout: 30_000 }).toBe(0);
    const { ending } = await settled(target);
    expect(ending).toBe("committed");
    const { rows } = await target.database.pool.query<{ state: string; error_code: string | null }>(
      "SELECT state, error_code FROM backup_runs ORDER BY state = 'succeeded' DESC",
    );
    const others = rows.slice(1);
    expect(rows[0]?.state).toBe("succeeded");
    for (const run of others) if (run.state !== "succeeded") expect(run).toEqual({ state: "failed", error_code: "import_running" });
    return { outcome: codes.every((code) => code === "started") ? "both started, one imported" : "one started, one told who does" };
  });
});

describe("forty at once", () => {
  it.each(Array.from({ length: tries(1, 5) }, (_, round) => round + 1))("imports of one preview, round %d", async () => {
    await recorded({ area, fault: "forty imports of one preview at once" }, async () => {
      const preview_id = await preview();
      const sending = Array.from({ length: 40 }, () => sendJson(target, "/import", { preview_id, ...merge }));
      const during = await call(target, `${api}/runs`, { headers: bearer(target.key) });
      expect(during.status).toBe(200);
      const answers = await Promise.all(sending);
      const codes = answers.map(({ status, json }) => (status === 200 ? "200" : `${status} ${String(json["code"])}`));
      expect(codes).toContain("200");
      for (const code of codes) expect(code).toMatch(/^(200|409 import_running|409 busy|503 busy)$/);
      expect((await settled(target)).ending).toBe("committed");
      return { outcome: `each answered ${[...new Set(codes)].sort().join(", ")}` };
    });
  });
});

async function runsThatRun(): Promise<number> {
  const { rowCount } = await target.database.pool.query("SELECT FROM backup_runs WHERE state = 'running'");
  return rowCount ?? 0;
}
