import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { ObjectReader, ObjectStore, WholeObject } from "./object-store";

/** Reads objects by the store's own `get`. */
export function plainReader(store: Pick<ObjectStore, "get">): Pick<ObjectReader, "read"> {
  return {
    async read(key, size, options) {
      const { size: found, body } = await store.get(key, options);
      if (found !== size) {
        body.destroy();
        return null;
      }
      return wholeOf(body);
    },
  };
}

async function wholeOf(body: Readable): Promise<WholeObject> {
  const hash = createHash("sha256");
  const chunks: Buffer[] = [];
  let checksum = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    checksum = crc32(chunk, checksum);
    chunks.push(chunk);
  }
  const [only] = chunks;
  const content = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
  return { content, sha256: hash.digest("hex"), crc32: checksum };
}
