import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { reservedBytes } from "@/server/staging/disk";

import { retryImport } from "../support/faults/disturb";
import { recorded } from "../support/faults/record";
import { sendBundle } from "../support/faults/requests";
import { settled } from "../support/faults/settle";
import { canMount, mountSmallDisk, type SmallDisk } from "../support/faults/small-disk";
import { inTheWholeOnly } from "../support/faults/size";
import { makeSourceBundle } from "../support/faults/source";
import { startTarget, type Target } from "../support/faults/target";

const area = "staging folder";
/** What tmpfs gives and takes at once. */
const page = 4096;

/** Full size again, as many inodes as a memory of this size has, and writable. */
const whole = `size=${reservedBytes + 256 * 1024 * 1024},nr_inodes=10000,rw`;

interface Case {
  name: string;
  /** Before the request. */
  before?: (disk: SmallDisk) => Promise<void>;
  /** When so much of the body is sent: a share of it. */
  at?: number;
  during?: (disk: SmallDisk, bundleBytes: number) => Promise<void>;
}

const cases: Case[] = [
  { name: "no room at the start", before: (disk) => disk.fill(reservedBytes / 2) },
  { name: "no byte at all at the start", before: (disk) => disk.fill(0) },
  { name: "no room in the middle", at: 0.4, during: (disk) => disk.fill(0) },
  {
    name: "no room for the last byte",
    at: 0.1,
    during: (disk, bytes) => disk.remount(`size=${Math.floor((bytes - 1) / page) * page}`),
  },
  { name: "no inode for the folder", before: (disk) => disk.remount("nr_inodes=1") },
  { name: "no inode for the file", before: (disk) => disk.remount("nr_inodes=2") },
  { name: "read-only", before: (disk) => disk.remount("ro") },
];

describe.runIf(canMount)("a staging folder on a disk of its own", () => {
  let target: Target;
  let disk: SmallDisk;

  beforeAll(async () => {
    target = await startTarget({
      storage: "local",
      bundle: await makeSourceBundle(),
      prepareFolder: async (dataDirectory) => {
        disk = await mountSmallDisk(path.join(dataDirectory, "staging"), reservedBytes + 256 * 1024 * 1024);
      },
    });
  });
  afterEach(() => target.reset());
  afterAll(async () => {
    await target.application.stop();
    await disk.unmount();
    await target.stop();
  });

  // In every test run, one of each kind.
  const chosen = inTheWholeOnly ? cases : cases.filter(({ name }) => ["no room in the middle", "no inode for the file", "read-only"].includes(name));
  const requests = inTheWholeOnly ? (["/import", "/import/preview"] as const) : (["/import"] as const);

  describe.each(requests)("for %s", (request) => {
    it.each(chosen)("$name", async ({ name, before, at, during }) => {
      await recorded({ area, fault: name }, async () => {
        await before?.(disk);
        const sending = await sendBundle(target, request, target.bundle, request === "/import" ? { conflict_mode: "merge" } : {});
        if (at !== undefined) {
          sending.holdAt(sending.bytes * at);
          await sending.sent(sending.bytes * at);
          await during?.(disk, target.bundle.length);
          sending.goOn();
        }
        const answer = await sending.answer;
        await disk.empty().catch(() => undefined);
        await disk.remount(whole);
        await disk.empty();
        expect(answer).toMatchObject({ status: 507, json: { code: "no_room" } });
        const { ending, run, seconds } = await settled(target);
        expect(ending).toBe("undone");
        if (request === "/import") expect(run).toMatchObject({ state: "failed", error_code: "no_room" });
        await retryImport(target);
        return { outcome: "refused with no_room, nothing changed", seconds };
      });
    });
  });
});
