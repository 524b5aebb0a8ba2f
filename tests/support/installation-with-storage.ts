import path from "node:path";
import { createLocalObjectStore, createS3ObjectStore, type ObjectStore } from "@/storage";
import { startInstallation, type TestInstallation } from "./installation";
import { createTestBucket } from "./s3";

export interface InstallationWithStorage {
  installation: TestInstallation;
  objects: ObjectStore;
  /** An API key of the admin. */
  key: string;
  stop(): Promise<void>;
}

/** An installation, and the storage of its objects. */
export async function startWithStorage(storage: "local" | "s3"): Promise<InstallationWithStorage> {
  if (storage === "local") {
    const installation = await startInstallation();
    const objects = createLocalObjectStore({ directory: path.join(installation.dataDirectory, "objects") });
    const stop = async () => {
      await objects.close();
      await installation.stop();
    };
    return { installation, objects, key: await installation.apiKey(), stop };
  }
  const bucket = await createTestBucket();
  const { options } = bucket;
  const installation = await startInstallation({
    S3_ENDPOINT: options.endpoint,
    S3_REGION: options.region,
    S3_BUCKET: options.bucket,
    S3_ACCESS_KEY_ID: options.accessKeyId,
    S3_SECRET_ACCESS_KEY: options.secretAccessKey,
    S3_FORCE_PATH_STYLE: String(options.forcePathStyle),
  });
  const objects = createS3ObjectStore(options);
  const stop = async () => {
    await objects.close();
    await installation.stop();
    await bucket.drop();
  };
  return { installation, objects, key: await installation.apiKey(), stop };
}
