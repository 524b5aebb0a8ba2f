import { tmpdir } from "node:os";
import path from "node:path";
import { randomUUID } from "node:crypto";
import type { TestProject } from "vitest/node";
import { startS3Server, whyNoS3Server } from "./s3-server";

declare module "vitest" {
  interface ProvidedContext {
    /** The test run's own S3 server; null on a machine that can't run one. */
    s3: { endpoint: string; accessKeyId: string; secretAccessKey: string } | null;
  }
}

/** One S3 server for the whole run. Without one, the suites on S3 are skipped, but never in CI. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const reason = whyNoS3Server();
  if (reason !== null) {
    if (process.env["CI"] === "true") throw new Error(`No S3 server, which CI must have: ${reason}.`);
    console.warn(`The tests on S3 are skipped: ${reason}.`);
    project.provide("s3", null);
    return async () => {};
  }
  const server = await startS3Server({ directory: path.join(tmpdir(), `system-backup-s3-${randomUUID()}`) });
  const { endpoint, accessKeyId, secretAccessKey } = server;
  project.provide("s3", { endpoint, accessKeyId, secretAccessKey });
  return () => server.stop();
}
