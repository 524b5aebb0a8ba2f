import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";

import { environment } from "../env";
import { RequestError } from "../errors";
import { asNoRoom, requireRoom } from "./disk";

/** An hour: time to read a preview and decide, and to fetch somebody who may. */
const previewMilliseconds = 60 * 60 * 1000;

/** How much is written between two looks at the room that is left. */
const roomCheckBytes = 8 * 1024 * 1024;

const bundleName = "bundle.zip";
const previewName = "preview.json";

const previewSchema = z.object({
  id: z.uuid(),
  user_id: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  /** Of the bundle, lower-case hex. */
  sha256: z.string(),
  /** Of the bundle, in bytes. */
  size: z.int().nonnegative(),
});
export type StagedPreview = z.infer<typeof previewSchema>;

/** A bundle on this installation's disk. Whoever got one calls `release` when done with it. */
export interface StagedBundle {
  id: string;
  path: string;
  /** Lower-case hex. */
  sha256: string;
  /** Bytes. */
  size: number;
  /** Removes the bundle, unless it was kept for an import. */
  release(): Promise<void>;
}

// Folders that are in use, by how many: the sweep leaves them alone. One count for the process.
const globals: typeof globalThis & { systemBackupStagingInUse?: Map<string, number> } = globalThis;

/**
 * Writes an upload to DATA_DIR/staging/<id>/, hashed as it comes. On any failure nothing is left there.
 *
 * @param expectedBytes what the request says, 0 where it does not
 * @throws RequestError `no_room`, `too_large` (made by the caller); what the content throws
 */
export async function stageBundle(
  content: Readable,
  limits: { expectedBytes: number; maximumBytes: number; tooLarge: () => RequestError },
): Promise<StagedBundle> {
  const id = randomUUID();
  const hold = holdFolder(id);
  try {
    await asNoRoom(makeFolder(id));
    await requireRoom(folderOf(id), limits.expectedBytes);
    const { sha256, size } = await receive(content, path.join(folderOf(id), bundleName), limits);
    return { id, path: path.join(folderOf(id), bundleName), sha256, size, release: () => releaseFolder(id, hold) };
  } catch (error) {
    await releaseFolder(id, hold);
    throw error;
  }
}

/** From now on the bundle can be imported by its id, for an hour. */
export async function keepForImport(bundle: StagedBundle, userId: string): Promise<StagedPreview> {
  const now = Date.now();
  const preview: StagedPreview = {
    id: bundle.id,
    user_id: userId,
    created_at: new Date(now).toISOString(),
    expires_at: new Date(now + previewMilliseconds).toISOString(),
    sha256: bundle.sha256,
    size: bundle.size,
  };
  const file = path.join(folderOf(bundle.id), previewName);
  // Whoever asks for the preview while it is made again finds the one or the other, never half.
  const next = `${file}.${randomUUID()}`;
  await asNoRoom(writeFile(next, JSON.stringify(preview), { mode: 0o600 }));
  await rename(next, file);
  return preview;
}

/**
 * The bundle of a preview. Any admin may import it who was told its id: an id cannot be
 * guessed, and what one admin looked at another may be the one to approve.
 *
 * @throws RequestError `preview_not_found` where there is none, or none any more
 */
export async function holdPreview(id: string): Promise<StagedBundle> {
  const hold = holdFolder(id);
  const preview = await readPreview(id);
  if (preview === null || hasExpired(preview)) {
    hold.end();
    throw new RequestError("preview_not_found", "This preview does not exist or is over an hour old. Upload the bundle again.");
  }
  return {
    id,
    path: path.join(folderOf(id), bundleName),
    sha256: preview.sha256,
    size: preview.size,
    release: () => releaseFolder(id, hold),
  };
}

/** Removes expired previews and what a process left behind that ended in the middle of an upload. */
export async function sweepStaging(): Promise<void> {
  await makeStagingDirectory();
  for (const id of await readdir(stagingDirectory())) {
    if (inUse().has(id)) continue;
    const preview = await readPreview(id);
    if (preview === null || hasExpired(preview)) await rm(folderOf(id), { recursive: true, force: true });
  }
}

async function receive(
  content: Readable,
  file: string,
  limits: { maximumBytes: number; tooLarge: () => RequestError },
): Promise<{ sha256: string; size: number }> {
  const handle = await asNoRoom(open(file, "wx", 0o600));
  try {
    const hash = createHash("sha256");
    let size = 0;
    let checkedAt = 0;
    for await (const chunk of content) {
      if (!Buffer.isBuffer(chunk)) throw new Error("An upload's content came as something else than bytes.");
      size += chunk.length;
      if (size > limits.maximumBytes) throw limits.tooLarge();
      if (size - checkedAt > roomCheckBytes) {
        await requireRoom(path.dirname(file), 0);
        checkedAt = size;
      }
      hash.update(chunk);
      await asNoRoom(handle.writeFile(chunk));
    }
    return { sha256: hash.digest("hex"), size };
  } finally {
    await asNoRoom(handle.close());
  }
}

async function readPreview(id: string): Promise<StagedPreview | null> {
  if (!z.uuid().safeParse(id).success) return null;
  try {
    return previewSchema.parse(JSON.parse(await readFile(path.join(folderOf(id), previewName), "utf8")));
  } catch {
    // Absent, or cut off by a crash: then it never was a preview that anybody heard of.
    return null;
  }
}

function hasExpired(preview: StagedPreview): boolean {
  return Date.parse(preview.expires_at) <= Date.now();
}

async function releaseFolder(id: string, hold: { end(): void }): Promise<void> {
  hold.end();
  if (inUse().has(id)) return;
  const preview = await readPreview(id);
  if (preview === null || hasExpired(preview)) await rm(folderOf(id), { recursive: true, force: true });
}

function holdFolder(id: string): { end(): void } {
  const holders = inUse();
  holders.set(id, (holders.get(id) ?? 0) + 1);
  let held = true;
  return {
    end: () => {
      const left = (holders.get(id) ?? 0) - (held ? 1 : 0);
      held = false;
      if (left > 0) holders.set(id, left);
      else holders.delete(id);
    },
  };
}

function inUse(): Map<string, number> {
  globals.systemBackupStagingInUse ??= new Map();
  return globals.systemBackupStagingInUse;
}

function stagingDirectory(): string {
  return path.join(environment().dataDirectory, "staging");
}

async function makeFolder(id: string): Promise<void> {
  await makeStagingDirectory();
  await mkdir(folderOf(id), { mode: 0o700 });
}

/** Not with `recursive`, which never ends where a file system answers ENOENT for a parent that exists. */
async function makeStagingDirectory(): Promise<void> {
  try {
    await mkdir(stagingDirectory(), { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** Everything that belongs to one upload: it goes when the folder goes. */
export function folderOf(id: string): string {
  return path.join(stagingDirectory(), id);
}
