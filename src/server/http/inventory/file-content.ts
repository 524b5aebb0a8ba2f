import { compareObject, StorageError, verifiedChunks } from "@/storage";

import { authenticateUser } from "../../auth";
import { RequestError } from "../../errors";
import { findStoredFile, type StoredFile } from "../../inventory";
import { objectStore } from "../../object-store";
import { findImportHolder } from "../../runs";
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
  const { body } = await objectStore().get(file.object_key, { signal });
  const headers = {
    // Whatever a scanner stored, a page or a script among it, it is bytes here.
    "content-type": "application/octet-stream",
    "content-disposition": attachment(file.original_name),
    [statedLength]: String(file.size),
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "no-store",
  };
  // Next answers HEAD through here and takes nothing of a body, which would wait for it.
  if (request.method === "HEAD") {
    body.destroy();
    return new Response(null, { headers });
  }
  void send(verifiedChunks(file.object_key, body, { ...file, signal }), download);
  return new Response(download.readable, { headers });
}

/**
 * A row that came with a bundle may name any key of a bucket, one of another application's objects
 * too: what is sent is what the row says, whose size and hash nobody knows who does not know the bytes.
 *
 * @throws StorageError `object_differs`, `object_missing`; RequestError `import_running`: it may be about to be what its row says
 */
async function requireItsObject(file: StoredFile, signal: AbortSignal): Promise<void> {
  const found = await compareObject(objectStore(), file.object_key, file, signal);
  if (found === "same") return;
  if ((await findImportHolder()) !== undefined) {
    throw new RequestError("import_running", "The import that is running may be replacing the file's object. Try again when it has ended.");
  }
  if (found === "missing") throw new StorageError("object_missing", "The file's object is not in object storage.");
  throw new StorageError("object_differs", "The file's object is not what its row says.");
}

/** The last bytes go when all are known to be the file's: the object may be replaced after it was looked at. */
async function send(chunks: AsyncIterable<Buffer>, download: Download): Promise<void> {
  try {
    let last: Buffer | null = null;
    for await (const chunk of chunks) {
      if (last !== null) await download.write(last);
      last = chunk;
    }
    if (last !== null) await download.write(last);
    download.end();
  } catch (error) {
    download.fail(error);
  }
}
