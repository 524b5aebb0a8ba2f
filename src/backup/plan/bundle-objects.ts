import type { PoolClient } from "pg";
import { z } from "zod";

import type { FileReference } from "@/bundle";
import { compareObject, type ObjectStore } from "@/storage";

import { inOrder, turnsApart } from "../in-order";
import { CopyBuffer } from "../rows/copy-buffer";
import { copyIn } from "../rows/copy-in";
import { objectKeyFault } from "../rows/object-key";
import type { RowErrors } from "./row-errors";
import type { StagedTable } from "./staged-table";

/** The objects of the bundle: file_id, object_key, size, sha256 and how storage here stands to them. */
export const bundleObjects = '"bundle_objects"';

export type ObjectState = "new" | "same" | "different";

const bufferBytes = 64 * 1024;

/** Notes the bundle's objects, each compared with what storage holds under its key. Writes nothing. */
export async function stageObjects(
  client: PoolClient,
  references: AsyncIterable<FileReference>,
  objects: ObjectStore,
  signal: AbortSignal,
): Promise<void> {
  await client.query(
    `CREATE TEMPORARY TABLE ${bundleObjects}
     (file_id uuid PRIMARY KEY, object_key text, size bigint, sha256 text, state text) ON COMMIT DROP`,
  );
  const lines = objectLines(references, objects.requestsAtOnce, (reference) => compare(reference, objects, signal));
  await copyIn(client, bundleObjects, lines);
  await client.query(`ANALYZE ${bundleObjects}`);
}

async function* objectLines(
  references: AsyncIterable<FileReference>,
  atOnce: number,
  stateOf: (reference: FileReference) => Promise<ObjectState>,
): AsyncGenerator<Buffer> {
  const output = new CopyBuffer(bufferBytes);
  const turn = turnsApart();
  const compared = inOrder(references, atOnce, async (reference) => {
    await turn();
    return { reference, state: await stateOf(reference) };
  });
  for await (const { reference, state } of compared) {
    output.startLine(5);
    output.uuid(Buffer.from(reference.id), 0);
    // A key that no row can have: its reference is refused as one without a row that agrees.
    if (objectKeyFault(reference.key) === null) output.text(reference.key);
    else output.null();
    output.safeInteger(reference.size);
    output.text(reference.sha256);
    output.text(state);
    if (output.isFull) yield output.take();
  }
  yield output.take();
}

async function compare(reference: FileReference, objects: ObjectStore, signal: AbortSignal): Promise<ObjectState> {
  if (objectKeyFault(reference.key) !== null) return "new";
  const found = await compareObject(objects, reference.key, reference, signal);
  return found === "missing" ? "new" : found;
}

const strays = z.array(z.object({ file_id: z.string(), row_index: z.number().nullable() }));

/** An object without a row, or one of which its row says something else, belongs to no honest bundle. */
export async function refuseStrayObjects(client: PoolClient, files: StagedTable, errors: RowErrors): Promise<void> {
  const { rows } = await client.query(
    `SELECT o.file_id, s.row_index FROM ${bundleObjects} o LEFT JOIN ${files.stage} s ON s.id = o.file_id
     WHERE (s.object_key, s.size_bytes, s.sha256) IS DISTINCT FROM (o.object_key, o.size, o.sha256)
     ORDER BY s.row_index, o.file_id`,
  );
  for (const { file_id: id, row_index: row } of strays.parse(rows)) {
    const code = "object_disagrees";
    if (row === null) errors.add({ code, message: `The object of file ${id} has no row in files`, table: "files" });
    else errors.add({ code, message: `files, row ${row}: key, size or SHA-256 are not its object's`, table: "files", row });
  }
}

const counts = z.tuple([
  z.object({ new: z.number(), same: z.number(), different: z.number(), missing: z.number() }),
]);

/** How the objects of the bundle's files stand to storage here. */
export async function countObjects(client: PoolClient, files: StagedTable) {
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE o.state = 'new')::integer AS new,
            count(*) FILTER (WHERE o.state = 'same')::integer AS same,
            count(*) FILTER (WHERE o.state = 'different')::integer AS different,
            count(*) FILTER (WHERE o.state IS NULL)::integer AS missing
     FROM ${files.stage} s LEFT JOIN ${bundleObjects} o ON o.file_id = s.id`,
  );
  return counts.parse(rows)[0];
}
