import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createApplication, type Application } from "../support/faults/application";
import { administer } from "../support/faults/database";
import { startDatabaseProxy, type DatabaseProxy } from "../support/faults/database-proxy";
import { retryImport } from "../support/faults/disturb";
import { canCutNetworks, cutAddress, cutNetwork, mendNetwork } from "../support/faults/network-cut";
import { recorded } from "../support/faults/record";
import { sendBundle } from "../support/faults/requests";
import { inTheWholeOnly, spread, tries } from "../support/faults/size";
import { makeSourceBundle } from "../support/faults/source";
import { startTarget, type Target } from "../support/faults/target";
import { s3Available } from "../support/s3";

const area = "a lock's holder vanishes";

describe.runIf(s3Available())("two applications on one database and bucket", () => {
  /** The one that goes on. */
  let target: Target;
  /** The one that vanishes while it imports. */
  let vanishing: Application;
  let proxy: DatabaseProxy;
  let folder: string;

  beforeAll(async () => {
    target = await startTarget({ storage: "s3", bundle: await makeSourceBundle() });
    // Of this machine, PostgreSQL's own default lets in one address only.
    await administer(
      target.database.url,
      "COPY (VALUES ('host all all 127.0.0.0/8 scram-sha-256')) TO PROGRAM 'cat >> pg_hba.conf'",
      "SELECT pg_reload_conf()",
    );
    proxy = await startDatabaseProxy(target.database.url, canCutNetworks ? cutAddress : undefined);
    folder = await mkdtemp(path.join(tmpdir(), "system-backup-vanishing-"));
    vanishing = await createApplication({ ...target.storage.variables, DATA_DIR: folder, DATABASE_URL: proxy.url });
    await vanishing.start();
  });
  afterEach(() => target.reset());
  afterAll(async () => {
    await mendNetwork();
    await vanishing.stop();
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
    await target.stop();
  });

  it.each(spread(tries(1, 3)))("kill -9 of the holder, at %d of its import", async (at) => {
    await recorded({ area, fault: "kill -9, another process imports at once" }, async () => {
      const sending = await sendBundle({ url: vanishing.url, key: target.key }, "/import", target.bundle, { conflict_mode: "merge" });
      await Promise.race([delay(at * target.duration), sending.answer]);
      await vanishing.kill();
      const seconds = await retryImport(target);
      expect(seconds).toBeLessThan(60);
      await vanishing.start();
      return { outcome: "let in, ends like an undisturbed import", seconds };
    });
  });

  /** Cuts the network of an import that holds the lock: another writer of its tables keeps it from ending before. */
  const importAndCut = async () => {
    const blocker = await target.database.pool.connect();
    try {
      await blocker.query("BEGIN; LOCK TABLE organizations IN ROW EXCLUSIVE MODE");
      const sending = await sendBundle({ url: vanishing.url, key: target.key }, "/import", target.bundle, { conflict_mode: "merge" });
      while (!(await isWaiting(target))) await delay(10);
      await cutNetwork();
      return sending;
    } finally {
      await blocker.query("ROLLBACK");
      blocker.release();
    }
  };

  const cuts = canCutNetworks && inTheWholeOnly ? ["the database"] : [];

  it.each(cuts)("the holder's network is cut while it works on %s", async () => {
    await recorded({ area, fault: "network cut, another process imports" }, async () => {
      const sending = await importAndCut();
      const seconds = await retryImport(target);
      expect(seconds).toBeLessThan(60);
      await mendNetwork();
      await vanishing.kill();
      await sending.answer;
      await vanishing.start();
      return { outcome: "let in, ends like an undisturbed import", seconds };
    });
  });
});

/** Whether an import waits to write; it has held the lock of all imports since it began. */
async function isWaiting({ database }: Target): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    "SELECT FROM pg_locks WHERE locktype = 'relation' AND NOT granted AND mode = 'ShareRowExclusiveLock'",
  );
  return rowCount !== 0;
}
