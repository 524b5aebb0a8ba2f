import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe } from "vitest";
import { createLocalObjectStore, createS3ObjectStore } from "@/storage";
import { createTestBucket, s3Available } from "../support/s3";
import { describeObjectStore } from "./conformance";

describeObjectStore("local object storage", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "system-backup-objects-"));
  const file = path.join(directory, "a file");
  await writeFile(file, "");
  return {
    store: createLocalObjectStore({ directory: path.join(directory, "objects here") }),
    unreachable: createLocalObjectStore({ directory: path.join(file, "below a file") }),
    dispose: () => rm(directory, { recursive: true }),
  };
});

describe.skipIf(!s3Available())("on an S3 server", () => {
  describeObjectStore("S3 object storage", async () => {
    const bucket = await createTestBucket();
    const store = createS3ObjectStore(bucket.options);
    // Nothing listens on the port of "discard".
    const unreachable = createS3ObjectStore({ ...bucket.options, endpoint: "http://127.0.0.1:9" }, { attempts: 2 });
    return {
      store,
      unreachable,
      async dispose() {
        await bucket.drop();
        await store.close();
        await unreachable.close();
      },
    };
  });
});
