import type { Readable } from "node:stream";

import { compareObject, StorageError } from "@/storage";

import { authenticateUser } from "../../auth";
import { findStoredFile, type StoredFile } from "../../inventory";
import { objectStore } from "../../object-store";
import { Download } from "../download";
import { endpoint, type Call } from "../endpoint";
import { statedLength } from "../stated-length";
import { attachment } from "./attachment";

export const fileContentRoutes = endpoint({ GET: handleFileContent });

/** A stored file's bytes, for whoever may look at the inventory. Browsers save them and never show them. */
async function handleFileContent({ request, params }: Call): Promise<Response> {
  await authenticateUser(request);
  const file = await findStoredFile(String(params.id));
  const download = new Download();
  const signal = AbortSignal.any([request.signal, download.gone]);
  await requireItsObject(file, signal);
  const { size, body } = await objectStore().get(file.object_key, { signal });
  const headers = {
    // Whatever a scanner stored, a page or a script among it, it is bytes here.
    "content-type": "application/octet-stream",
    "content-disposition": attachment(file.original_name),
    [statedLength]: String(size),
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "no-store",
  };
  // Next answers HEAD through here and takes nothing of a body, which would wait for it.
  if (request.method === "HEAD") {
    body.destroy();
    return new Response(null, { headers });
  }
  void send(body, download);
  return new Response(download.readable, { headers });
}

/**
 * A row that came with a bundle may name any key of a bucket, one of another application's objects
 * too: what is sent is what the row says, whose size and hash nobody knows who does not know the bytes.
 *
 * @throws StorageError `object_differs`, `object_missing`
 */
async function requireItsObject(file: StoredFile, signal: AbortSignal): Promise<void> {
  const found = await compareObject(objectStore(), file.object_key, file, signal);
  if (found === "missing") throw new StorageError("object_missing", "The file's object is not in object storage.");
  if (found === "different") throw new StorageError("object_differs", "The file's object is not what its row says.");
}

async function send(body: Readable, download: Download): Promise<void> {
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) await download.write(chunk);
    download.end();
  } catch (error) {
    download.fail(error);
  }
}
