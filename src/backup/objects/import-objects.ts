import { Readable } from "node:stream";

import type { PoolClient } from "pg";
import { z } from "zod";

import type { Bundle } from "@/bundle";
import { collectEach } from "@/memory/collect";
import { gather, StorageError } from "@/storage";

import type { ConflictMode } from "../conflict";
import { BackupError } from "../errors";
import { inOrder, turnsApart } from "../in-order";
import { objectWrites } from "../plan/object-writes";
import type { StagedTable } from "../plan/staged-table";
import { asideKey, noteObjects, unnoteObject, type JournalContext } from "./object-journal";

/** Larger objects under way at once, each of which may hold a part of 8 MiB. */
const largeAtOnce = 8;
/** Objects noted before the first of them is written: one small transaction for many writes. */
const notedAtOnce = 500;
/** Above this an object is streamed and not held whole. */
const heldWhole = 1024 * 1024;
/** With what is under way, less than makes V8 mark its heap. */
const countUsedUp = collectEach(4 * 1024 * 1024);

const writeRows = z.array(
  z.object({
    file_id: z.string(),
    object_key: z.string(),
    size: z.string().transform(Number),
    sha256: z.string(),
    content_type: z.string(),
    replaces: z.boolean(),
  }),
);
type ObjectWrite = z.infer<typeof writeRows>[number];

/**
 * Writes the objects of an import whose rows are written but not committed. What it is
 * about to write is noted first, so that it can be taken back whatever happens.
 */
export async function importObjects(
  client: PoolClient,
  bundle: Bundle,
  files: StagedTable,
  mode: ConflictMode,
  run: { id: string; signal: AbortSignal; onObject: (size: number) => void },
  context: JournalContext,
): Promise<void> {
  const { requestsAtOnce } = context.objects;
  const turn = turnsApart();
  for await (const batch of writesOf(client, files, mode)) {
    const entries = batch.map((write) => ({
      key: write.object_key,
      previousKey: write.replaces ? asideKey(run.id, write.file_id) : null,
      sha256: write.sha256,
    }));
    await noteObjects(run.id, entries, context);
    const work = async (write: ObjectWrite) => {
      run.signal.throwIfAborted();
      await writeObject(bundle, write, run.id, run.signal, turn, context);
      return write.size;
    };
    const isSmall = ({ size }: ObjectWrite) => size <= heldWhole;
    const small = batch.filter(isSmall);
    const large = batch.filter((write) => !isSmall(write));
    for await (const size of inOrder(small, requestsAtOnce, work)) run.onObject(size);
    for await (const size of inOrder(large, Math.min(largeAtOnce, requestsAtOnce), work)) run.onObject(size);
  }
}

/** In batches, since there may be tens of thousands. */
async function* writesOf(client: PoolClient, files: StagedTable, mode: ConflictMode): AsyncGenerator<ObjectWrite[]> {
  // All of them are taken, so that the plan is the one for all.
  await client.query("SET LOCAL cursor_tuple_fraction = 1");
  await client.query(`DECLARE object_writes NO SCROLL CURSOR FOR ${objectWrites(files, mode)} ORDER BY file_id`);
  for (let isMore = true; isMore; ) {
    const { rows } = await client.query(`FETCH ${notedAtOnce} FROM object_writes`);
    isMore = rows.length === notedAtOnce;
    // What PostgreSQL sorted for it is not needed while the last of them are written.
    if (!isMore) await client.query("CLOSE object_writes");
    yield writeRows.parse(rows);
  }
}

async function writeObject(
  bundle: Bundle,
  write: ObjectWrite,
  runId: string,
  signal: AbortSignal,
  turn: () => Promise<void>,
  context: JournalContext,
): Promise<void> {
  const { objects } = context;
  const content = bundle.readObject(write.file_id);
  if (content === null) throw new Error(`The bundle has no object of file ${write.file_id}`);
  await turn();
  if (write.replaces) await objects.copy(write.object_key, asideKey(runId, write.file_id));
  const counted = countedUp(content);
  const body = write.size <= heldWhole ? await gather(counted) : Readable.from(counted);
  await turn();
  try {
    await objects.put(write.object_key, body, {
      size: write.size,
      sha256: write.sha256,
      contentType: write.content_type,
      when: write.replaces ? "always" : "absent",
      signal,
    });
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "object_exists") throw error;
    await unnoteObject(runId, write.object_key, context);
    throw new BackupError("plan_changed", `Meanwhile another object was stored under ${JSON.stringify(write.object_key)}.`);
  }
}

/** Nobody says when storage has let go of a chunk: soon after it has asked for the next. */
async function* countedUp(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    yield chunk;
    countUsedUp(chunk.length);
  }
}
