import { z } from "zod";

import { prisma } from "../db";
import { RequestError } from "../errors";

export interface StoredFile {
  original_name: string;
  object_key: string;
  /** Bytes. */
  size: number;
  /** Lower-case hex. */
  sha256: string;
}

/** @throws RequestError `record_not_found` */
export async function findStoredFile(id: string): Promise<StoredFile> {
  const file = z.guid().safeParse(id).success
    ? await prisma().files.findUnique({ where: { id }, select: { original_name: true, object_key: true, size_bytes: true, sha256: true } })
    : null;
  if (file === null) throw new RequestError("record_not_found", "There is no file with this id.");
  const { size_bytes, ...rest } = file;
  return { ...rest, size: Number(size_bytes) };
}
