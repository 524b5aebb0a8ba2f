import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { disturbExport, disturbImport, retryImport } from "../support/faults/disturb";
import { recorded } from "../support/faults/record";
import { download } from "../support/faults/requests";
import { inTheWholeOnly } from "../support/faults/size";
import { makeSourceBundle } from "../support/faults/source";
import { startTarget, type Target } from "../support/faults/target";
import { startFaultyProxy, type Fault, type FaultyProxy } from "../support/faulty-proxy";
import { s3Available } from "../support/s3";

const area = "object storage (S3)";
const nothing = () => undefined;

/** The requests that a fault meets; counted from the first that fits. */
type Requests = "stat" | "write" | "read" | "every";
const fits: Readonly<Record<Requests, (request: IncomingMessage) => boolean>> = {
  stat: ({ method }) => method === "HEAD",
  write: ({ method }) => method === "PUT" || method === "POST",
  read: ({ method, url = "" }) => method === "GET" && url.includes("/organizations/"),
  every: () => true,
};

interface Case {
  name: string;
  fault: Fault;
  requests: Requests;
  times: number;
  /** What must come of it; unset: either may. */
  ends?: "well" | "refused";
}

const unavailable: Fault = { kind: "status", status: 503 };
/** The client goes by the time of this answer, and so is an hour wrong at the next request, which the real server says. */
const skewed: Fault = { kind: "status", status: 403, code: "RequestTimeTooSkewed", clockAheadMilliseconds: 3_600_000 };
const forever = Number.POSITIVE_INFINITY;

const imports: Case[] = [
  { name: "refused three times", fault: { kind: "refuse" }, requests: "write", times: 3, ends: "well" },
  { name: "refused from the first look on", fault: { kind: "refuse" }, requests: "every", times: forever, ends: "refused" },
  { name: "refused from the first write on", fault: { kind: "refuse" }, requests: "write", times: forever, ends: "refused" },
  { name: "503 three times", fault: unavailable, requests: "write", times: 3, ends: "well" },
  { name: "503 three times", fault: unavailable, requests: "stat", times: 3, ends: "well" },
  { name: "503 for good", fault: unavailable, requests: "write", times: forever, ends: "refused" },
  { name: "answers lost three times", fault: { kind: "lose-answer" }, requests: "write", times: 3, ends: "well" },
  { name: "answers lost for good", fault: { kind: "lose-answer" }, requests: "write", times: forever, ends: "refused" },
  { name: "a clock that is an hour wrong", fault: skewed, requests: "write", times: 1, ends: "well" },
  { name: "a clock that stays wrong", fault: skewed, requests: "write", times: forever, ends: "refused" },
];

const exports_: Case[] = [
  { name: "refused three times", fault: { kind: "refuse" }, requests: "read", times: 3, ends: "well" },
  { name: "refused for good", fault: { kind: "refuse" }, requests: "read", times: forever, ends: "refused" },
  { name: "503 three times", fault: unavailable, requests: "read", times: 3, ends: "well" },
  { name: "503 for good", fault: unavailable, requests: "read", times: forever, ends: "refused" },
  { name: "bodies cut in the middle three times", fault: { kind: "cut-body", afterBytes: 200 }, requests: "read", times: 3, ends: "well" },
  // Reading goes on where it was cut, so that every answer brings it a little further.
  { name: "bodies cut in the middle for good", fault: { kind: "cut-body", afterBytes: 200 }, requests: "read", times: forever },
  { name: "bodies shorter than stated by the row", fault: { kind: "shorten-body", bytes: 3 }, requests: "read", times: 3 },
  { name: "bodies longer than stated by the row", fault: { kind: "lengthen-body", bytes: 3 }, requests: "read", times: 3 },
  { name: "wrong bytes for the stated hash", fault: { kind: "wrong-byte", at: 100 }, requests: "read", times: 3 },
  { name: "a clock that is an hour wrong", fault: skewed, requests: "read", times: 1, ends: "well" },
  { name: "a clock that stays wrong", fault: skewed, requests: "read", times: forever, ends: "refused" },
];

/** A connection may be silent for a minute, so each of these takes one. */
const stalls: Case[] = [{ name: "stalled for a minute", fault: { kind: "stall" }, requests: "write", times: 1, ends: "well" }];
const exportStalls: Case[] = [
  { name: "stalled for a minute", fault: { kind: "stall" }, requests: "read", times: 1, ends: "well" },
  { name: "a body stalled for a minute", fault: { kind: "stall-body", afterBytes: 200 }, requests: "read", times: 1, ends: "well" },
];

/** Some of each kind in every test run, none of those that wait until all retries are used up. */
function chosen(cases: readonly Case[]): readonly Case[] {
  return inTheWholeOnly ? cases : cases.filter(({ times }, index) => times < forever && index % 2 === 0);
}

describe.runIf(s3Available())("object storage with faults", () => {
  let target: Target;
  let proxy: FaultyProxy;
  let size: number;

  beforeAll(async () => {
    target = await startTarget({
      storage: "s3",
      bundle: await makeSourceBundle(),
      s3Through: async (endpoint) => {
        proxy = await startFaultyProxy(endpoint);
        return proxy.endpoint;
      },
    });
    size = (await download(target)).bytes.length;
    await target.reset();
  });
  afterEach(async () => {
    proxy.reset();
    await target.reset();
  });
  afterAll(async () => {
    await target.stop();
    await proxy.close();
  });

  const inject = ({ fault, times, requests }: Case) => proxy.inject(fault, { times, when: fits[requests] });

  /** Storage is back, and the application starts again, which settles what could not be taken back. */
  const repair = async () => {
    proxy.reset();
    await target.application.kill();
    await target.application.start();
  };

  it.each([...chosen(imports), ...(inTheWholeOnly ? stalls : [])])("an import with storage $name ($requests)", async (one) => {
    await recorded({ area, fault: `import, ${one.name}` }, async () => {
      inject(one);
      const settling = one.times === forever ? { repair } : {};
      const { ending, answer, seconds } = await disturbImport(target, { at: 1, strike: nothing, ...settling });
      if (one.ends !== undefined) expect(ending).toBe(one.ends === "well" ? "committed" : "undone");
      if (ending === "undone") expect(answer).toMatchObject({ status: 503, json: { code: "storage_unavailable" } });
      proxy.reset();
      await retryImport(target);
      return { outcome: ending === "committed" ? "succeeded" : "undone, told storage_unavailable", seconds };
    });
  }, 200_000);

  it.each([...chosen(exports_), ...(inTheWholeOnly ? exportStalls : [])])("an export with storage $name ($requests)", async (one) => {
    await recorded({ area, fault: `export, ${one.name}` }, async () => {
      inject(one);
      const { whole, run, seconds } = await disturbExport(target, { at: 1, size, strike: nothing });
      if (one.ends !== undefined) expect(whole).toBe(one.ends === "well");
      if (!whole) expect(run).toMatchObject({ state: "failed", error_code: expect.stringMatching(/^(storage_unavailable|object_differs)$/) as string });
      proxy.reset();
      const { rows } = await target.database.pool.query<{ codes: string[] }>(
        "SELECT coalesce(jsonb_agg(w->>'code'), '[]') AS codes FROM backup_runs, jsonb_array_elements(warnings) w WHERE w->>'code' LIKE 'object_%'",
      );
      const again = await disturbExport(target, { at: 1, size, strike: nothing });
      expect(again.whole).toBe(true);
      const without = rows[0]?.codes.length ? ", the files concerned left out with a warning" : "";
      return { outcome: whole ? `whole bundle${without}` : `no bundle, run failed: ${String(run?.error_code)}`, seconds };
    });
  }, 200_000);
});
