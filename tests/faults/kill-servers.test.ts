import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { disturbExport, disturbImport, retryImport } from "../support/faults/disturb";
import { recorded } from "../support/faults/record";
import { download } from "../support/faults/requests";
import { inTheWholeOnly, spread, tries } from "../support/faults/size";
import { makeSourceBundle } from "../support/faults/source";
import { startTarget, type Target } from "../support/faults/target";
import { startPostgresServer, type PostgresServer } from "../support/postgres-server";
import { s3Available } from "../support/s3";
import { startS3Server, type S3Server } from "../support/s3-server";

describe.runIf(s3Available())("with servers of its own", () => {
  let postgres: PostgresServer;
  let s3: S3Server;
  let directory: string;
  let target: Target;
  let size: number;

  beforeAll(async () => {
    directory = path.join(await mkdtemp(path.join(tmpdir(), "system-backup-faults-s3-")), "server");
    [postgres, s3] = await Promise.all([startPostgresServer({ durable: true }), startS3Server({ directory })]);
    target = await startTarget({ storage: "s3", bundle: await makeSourceBundle(), postgres: postgres.url, s3 });
    size = (await download(target)).bytes.length;
    await target.reset();
  });
  afterEach(() => target.reset());
  afterAll(async () => {
    await target.stop();
    await postgres.stop();
    await s3.stop();
  });

  const restart = async () => {
    await target.application.kill();
    await target.application.start();
  };
  const servers = [
    {
      name: "PostgreSQL",
      code: "database_unavailable",
      kill: () => postgres.kill(),
      start: () => postgres.startAgain(),
    },
    {
      name: "the S3 server",
      code: "storage_unavailable",
      kill: () => s3.kill(),
      start: async () => {
        s3 = await startS3Server({ directory });
      },
    },
  ];

  // The S3 server takes half a minute to come back.
  describe.each(inTheWholeOnly ? servers : servers.filter(({ name }) => name === "PostgreSQL"))("kill -9 of $name", ({ name, code, kill, start }) => {
    const area = `kill -9 of ${name}`;

    const points = [
      ...spread(tries(0, 3)).map((at) => ({ from: "receiving", at: Number((at * 0.6).toFixed(3)) })),
      ...spread(tries(1, 3)).map((at) => ({ from: "objects", at: Number((at * 0.3).toFixed(3)) })),
    ];

    it.each(points)("in the middle of an import, from $from on $at of its time", async ({ from, at }) => {
      // At the last points the application stays up: the sweep of each minute settles those, a restart the others.
      const swept = from === "objects" && at > 0.2;
      const repair = async () => {
        await start();
        if (!swept) await restart();
      };
      // Only the server that commits can leave that open.
      const mayStayUncertain = code === "database_unavailable";
      await recorded({ area, fault: `import, ${swept ? "swept" : "settled at a restart"}` }, async () => {
        const { ending, phase, answer, seconds } = await disturbImport(target, { phase: from, at, strike: kill, repair, mayStayUncertain });
        const isUncertain = mayStayUncertain && answer.json["code"] === "commit_uncertain";
        const told = isUncertain ? "commit_uncertain" : code;
        if (ending === "undone") expect(answer).toMatchObject({ status: 503, json: { code: told } });
        await retryImport(target);
        return { outcome: ending === "committed" ? `committed whole${isUncertain ? `, told ${told}` : ""}` : `undone, told ${told} (${phase})`, seconds };
      });
    });

    it.each(spread(tries(0, 3)))("in the middle of an export, at %d of its bytes", async (at) => {
      const repair = async () => {
        await start();
        await restart();
      };
      await recorded({ area, fault: "export" }, async () => {
        const { whole, run, seconds } = await disturbExport(target, { at, size, strike: kill, repair });
        expect(await download(target)).toMatchObject({ complete: true, status: 200 });
        return { outcome: whole ? "whole bundle" : `refused by the reader, run ${String(run?.state)}`, seconds };
      });
    });
  });
});
