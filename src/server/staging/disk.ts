import { statfs } from "node:fs/promises";

import { RequestError } from "../errors";

/**
 * Left free on the disk: an embedded database keeps its data on the same one, and stops
 * for good where it cannot write its log, which grows by 16 MiB at a time.
 */
export const reservedBytes = 128 * 1024 * 1024;

/** Full, over quota, no inode left, read-only, not ours, gone. */
const noRoomCodes: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "ENOENT", "ENOTDIR", "EIO", "EFBIG"]);

/** @throws RequestError `no_room` unless so many bytes can be written there and the reserve is left */
export async function requireRoom(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await asNoRoom(statfs(directory));
  if (bavail * bsize < bytes + reservedBytes) throw noRoom();
}

/** The work's result; faults of the disk come out as RequestError `no_room`. */
export async function asNoRoom<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && "code" in error && noRoomCodes.has(String(error.code))) throw noRoom(error);
    throw error;
  }
}

function noRoom(cause?: Error): RequestError {
  const message = "The disk has no room to keep the upload while it is read. Nothing was changed.";
  return new RequestError("no_room", message, {}, cause === undefined ? {} : { cause });
}
