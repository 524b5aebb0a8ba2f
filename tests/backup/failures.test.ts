import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { forgetObjects, takeBackObjects } from "@/backup";

import { createInstallation, startRun, storages, type Changes, type Installation } from "../support/backup";
import { makeBundle, sha256, type Rows } from "../support/backup/bundle-file";
import { failingFrom, watched } from "../support/backup/faulty-store";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { takeSnapshot, type Snapshot } from "../support/backup/snapshot";

const { uuid } = sample;
const fileCount = 16;
/** The first half is here with other bytes, so that a merge replaces eight objects and writes eight. */
const replaced = 8;
const oldContent = (index: number) => Buffer.from(`old ${index}`);
const newContent = (index: number) => Buffer.from(`new content ${index}`);

describe.each(storages)("a failure leaves database and storage as they were, on %s storage", (storage) => {
  let target: Installation;
  let bundle: string;
  let before: Snapshot;
  let undisturbed: Snapshot;

  beforeAll(async () => {
    target = await createInstallation({ storage });
    const rows = theirs();
    const objects = Object.fromEntries((rows["files"] ?? []).map(({ id }, index) => [String(id), newContent(index)]));
    bundle = await makeBundle(target.folder, rows, objects);
    await begin();
    await target.import(bundle, "merge");
    undisturbed = await takeSnapshot(target);
  });
  beforeEach(begin);
  afterAll(() => target.drop());

  test.each([1, 2, 9, 16])("storage away from put %i on, until it is back", async (first) => {
    // Taking back needs no put, so it works although nothing can be written.
    await failsWith({ objects: failingFrom(target.objects, "put", first) }, { code: "storage_unavailable" });
  });

  test("storage away from the first copy on", async () => {
    // What was put aside is put back by copying, which works again once the import has failed.
    let failed = false;
    const objects = watched(target.objects, (call, count) => {
      if (call !== "copy" || failed || count < 3) return;
      failed = true;
      throw Object.assign(new Error("Away"), { name: "StorageError" });
    });
    await failsWith({ objects }, { message: "Away" });
  });

  test("storage away while it is looked at", async () => {
    await failsWith({ objects: failingFrom(target.objects, "stat", 5) }, { code: "storage_unavailable" });
  });

  test.each(["organizations", "assets", "files", "exposure_changes"])("a row of %s that only the database refuses", async (table) => {
    await target.pool.query(`ALTER TABLE ${table} ADD CONSTRAINT refusing CHECK (id <> '${uuid(last[table] ?? 0)}') NOT VALID`);
    await failsWith({}, { code: "23514" }, () => target.pool.query(`ALTER TABLE ${table} DROP CONSTRAINT refusing`));
  });

  test("a constraint that is checked at the commit", async () => {
    await target.pool.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''too late''; END';
       CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON assets DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    await failsWith({}, { message: "too late" }, () =>
      target.pool.query("DROP TRIGGER refusing ON assets; DROP FUNCTION refuse()"),
    );
  });

  test.each(["reading", "planning", "tables", "objects", "finishing"])("the client leaves in phase %s", async (phase) => {
    const left = new AbortController();
    const gone = new Error("The client has left");
    const onProgress: Changes["onProgress"] = (progress) => {
      if (progress.phase === phase && (phase !== "objects" || progress.done === 5)) left.abort(gone);
    };
    await failsWith({ signal: left.signal, onProgress }, { message: gone.message });
  });

  test("the client has left before it begins", async () => {
    await failsWith({ signal: AbortSignal.abort(new Error("gone")) }, { message: "gone" });
  });

  test.each(["planning", "tables", "objects", "finishing"])("the connection is cut in phase %s", async (phase) => {
    let cut: Promise<unknown> | undefined;
    const onProgress: Changes["onProgress"] = (progress) => {
      if (progress.phase === phase) cut ??= cutImport(target);
    };
    const beforeCommit = async () => {
      await cut;
    };
    await failsWith({ onProgress, beforeCommit }, { code: "database_unavailable" });
  });

  test("what is done just before the commit fails", async () => {
    const beforeCommit = async () => {
      throw new Error("no room for the record");
    };
    await failsWith({ beforeCommit }, { message: "no room for the record" });
  });

  test("somebody else stores an object under a key meanwhile, and keeps it", async () => {
    const key = keyOf(14);
    const theirContent = Buffer.from("somebody's own");
    const objects = watched(target.objects, async (call, _count, written) => {
      if (call === "put" && written === key) await put(key, theirContent);
    });
    await expect(target.import(bundle, "merge", { objects })).rejects.toMatchObject({ code: "plan_changed" });
    const after = await takeSnapshot(target);
    expect(after.rows).toEqual(before.rows);
    expect(after.objects).toEqual(new Map([...before.objects, [key, sha256(theirContent)]]));
    await target.objects.delete(key);
  });

  test("storage that cannot be taken back at once is taken back later", async () => {
    const runId = await startRun(target.pool, target.adminId);
    const away = failingFrom(target.objects, "put", 12);
    const broken = { ...away, delete: () => Promise.reject(new Error("away, too")) };
    await expect(target.import(bundle, "merge", { objects: broken, runId })).rejects.toMatchObject({ code: "storage_unavailable" });
    expect((await journal(runId)).length).toBeGreaterThan(0);
    await takeBackObjects(runId, target);
    await isAsBefore();
  });

  test("a crash between any two writes: what the journal names is taken back, however often", async () => {
    const runId = await startRun(target.pool, target.adminId);
    const aside = (index: number) => `system-backup/put-aside/${runId}/${uuid(100 + index)}`;
    // 0: put aside and written over. 1: put aside only. 2: not touched yet. 12: written. 13: not yet.
    await target.objects.copy(keyOf(0), aside(0));
    await target.objects.delete(keyOf(0));
    await put(keyOf(0), newContent(0));
    await target.objects.copy(keyOf(1), aside(1));
    await put(keyOf(12), newContent(12));
    await note(runId, [[0, aside(0)], [1, aside(1)], [2, aside(2)], [12, null], [13, null]]);
    await takeBackObjects(runId, target);
    await isAsBefore();
    await takeBackObjects(runId, target);
    await isAsBefore();
  });

  test("what somebody else stored under noted keys before they are taken back stays theirs", async () => {
    const runId = await startRun(target.pool, target.adminId);
    const aside = `system-backup/put-aside/${runId}/${uuid(100)}`;
    const theirContent = Buffer.from("somebody's own");
    const own = await contentOf(keyOf(0));
    await target.objects.copy(keyOf(0), aside);
    await target.objects.delete(keyOf(0));
    for (const index of [0, 13]) await put(keyOf(index), theirContent);
    await put(keyOf(12), newContent(12));
    await note(runId, [[0, aside], [12, null], [13, null]]);
    await takeBackObjects(runId, target);
    const { objects } = await takeSnapshot(target);
    expect(objects).toEqual(new Map([...before.objects, [keyOf(0), sha256(theirContent)], [keyOf(13), sha256(theirContent)]]));
    for (const index of [0, 13]) await target.objects.delete(keyOf(index));
    await put(keyOf(0), own);
    await isAsBefore();
  });

  test("a note of a release that did not say what it writes is taken back as well", async () => {
    const runId = await startRun(target.pool, target.adminId);
    await put(keyOf(12), newContent(12));
    await target.pool.query("INSERT INTO backup_run_objects (run_id, object_key) VALUES ($1, $2)", [runId, keyOf(12)]);
    await takeBackObjects(runId, target);
    await isAsBefore();
  });

  test("what was put aside is removed after a crash that came after the commit", async () => {
    const runId = await startRun(target.pool, target.adminId);
    const aside = `system-backup/put-aside/${runId}/${uuid(100)}`;
    await target.objects.copy(keyOf(0), aside);
    await note(runId, [[0, aside], [12, null]]);
    await put(keyOf(12), newContent(12));
    await forgetObjects(runId, target);
    const { objects } = await takeSnapshot(target);
    expect(objects).toEqual(new Map([...before.objects, [keyOf(12), sha256(newContent(12))]]));
    expect(await journal(runId)).toEqual([]);
  });

  test("a commit whose answer never comes is a commit", async () => {
    const leaveWhileItCommits = async () => {
      const left = new AbortController();
      const leaving = sleepUntilCommitting(target).then(() => left.abort(new Error("left in the last moment")));
      const importing = target.import(bundle, "merge", { signal: left.signal }).then(
        ({ conflict_mode: mode }) => mode,
        (error: unknown) => error,
      );
      await leaving;
      return importing;
    };
    await withLingeringCommits(async () => {
      // Every five seconds PostgreSQL looks whether its client is there: who leaves just then has left before the commit.
      for (let attempt = 1, told = await leaveWhileItCommits(); told !== "merge"; attempt++, told = await leaveWhileItCommits()) {
        expect(told).toMatchObject({ message: "left in the last moment" });
        await isAsBefore();
        expect(attempt).toBeLessThan(5);
      }
      expect(valuesWithoutVersions(await takeSnapshot(target))).toEqual(valuesWithoutVersions(undisturbed));
    });
  });

  test("whoever cannot learn how a commit ended says so, and leaves the objects to those who can tell", async () => {
    const runId = await startRun(target.pool, target.adminId);
    const pool = new pg.Pool({ connectionString: target.url });
    await withLingeringCommits(async () => {
      const importing = target.import(bundle, "merge", { pool, runId });
      const told = expect(importing).rejects.toMatchObject({ code: "commit_uncertain" });
      await sleepUntilCommitting(target);
      // From here on it finds no database to ask.
      const ended = pool.end();
      await cutImport(target);
      await told;
      await ended;
    });
    expect((await journal(runId)).length).toBeGreaterThan(0);
    await takeBackObjects(runId, target);
    await isAsBefore();
  });

  /** A commit takes long enough for something to happen in the middle of it. */
  async function withLingeringCommits(work: () => Promise<void>): Promise<void> {
    await target.pool.query(
      `CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END';
       CREATE CONSTRAINT TRIGGER lingering AFTER INSERT ON scans DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger()`,
    );
    try {
      await work();
    } finally {
      await target.pool.query("DROP TRIGGER lingering ON scans; DROP FUNCTION linger()");
    }
  }

  async function failsWith(
    changes: Changes,
    error: Record<string, unknown>,
    repair: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    await expect(target.import(bundle, "merge", changes)).rejects.toMatchObject(error);
    await isAsBefore();
    await repair();
    await target.import(bundle, "merge");
    expect(valuesWithoutVersions(await takeSnapshot(target)), "the next try").toEqual(valuesWithoutVersions(undisturbed));
    expect(target.pool.waitingCount).toBe(0);
    expect(target.pool.idleCount, "no client is left out").toBe(target.pool.totalCount);
  }

  async function isAsBefore(): Promise<void> {
    expect(await takeSnapshot(target)).toEqual(before);
    const { rows } = await target.pool.query("SELECT * FROM backup_run_objects");
    expect(rows).toEqual([]);
  }

  async function begin(): Promise<void> {
    await target.clear();
    await insertRows(target, mine());
    for (let index = 0; index < replaced; index++) await put(keyOf(index), oldContent(index));
    before = await takeSnapshot(target);
  }

  async function put(key: string, content: Buffer): Promise<void> {
    await target.objects.put(key, content, { size: content.length, sha256: sha256(content), contentType: "text/plain", when: "absent" });
  }

  async function contentOf(key: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of (await target.objects.get(key)).body) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks);
  }

  async function note(runId: string, entries: [number, string | null][]): Promise<void> {
    for (const [index, previous] of entries) {
      const noted = [runId, keyOf(index), previous, sha256(newContent(index))];
      await target.pool.query("INSERT INTO backup_run_objects (run_id, object_key, previous_key, sha256) VALUES ($1, $2, $3, $4)", noted);
    }
  }

  async function journal(runId: string): Promise<unknown[]> {
    return (await target.pool.query("SELECT * FROM backup_run_objects WHERE run_id = $1", [runId])).rows;
  }
});

/** The row that comes last in each table. */
const last: Readonly<Record<string, number>> = { organizations: 2, assets: 21, files: 100 + fileCount - 1, exposure_changes: 80 };

const keyOf = (index: number) => `organizations/${uuid(1)}/files/evidence/${index}.txt`;

const fileRow = (index: number, content: Buffer) => sample.fileRow(100 + index, 1, content, { object_key: keyOf(index) });

function mine(): Rows {
  return {
    organizations: [sample.organizationRow(1)],
    assets: [sample.assetRow(20, 1)],
    files: Array.from({ length: replaced }, (_, index) => fileRow(index, oldContent(index))),
  };
}

function theirs(): Rows {
  return {
    organizations: [sample.organizationRow(1, { name: "theirs" }), sample.organizationRow(2)],
    assets: [sample.assetRow(20, 1, { metadata: { theirs: 1 } }), sample.assetRow(21, 1)],
    scans: [sample.scanRow(40, 1)],
    files: Array.from({ length: fileCount }, (_, index) => fileRow(index, newContent(index))),
    exposure_changes: [sample.changeRow(80, 1)],
  };
}

/** Ends the connection that holds the import's lock. */
async function cutImport({ pool }: Installation): Promise<void> {
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
}

async function sleepUntilCommitting({ pool }: Installation): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const { rows } = await pool.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query = 'COMMIT'",
    );
    if (rows.length > 0) return;
    await sleep(5);
  }
  throw new Error("No import committed");
}

function valuesWithoutVersions({ rows, objects }: Snapshot) {
  const values = [...rows].map(([table, found]) => [table, [...found].map(([key, { text }]) => [key, text])] as const);
  return { rows: new Map(values), objects };
}
