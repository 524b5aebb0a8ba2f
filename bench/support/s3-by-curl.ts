import type { Storage } from "./storage";

export type Bucket = Extract<Storage, { kind: "s3" }>;

/** Enough to keep the cores and the server busy. */
const processes = 8;
/** Of a process: so many that its start counts for little, and the last one is not waited for long. */
const objectsOfProcess = 125;

/**
 * What curl can do as quickly as it can: every process keeps its connection.
 *
 * @returns a command that reads names, a line each, and fetches these objects into files of those names
 */
export function fetchByCurl(bucket: Bucket): string {
  return byCurl(bucket, ["output = $name"], "--create-dirs");
}

/** The same the other way, into a bucket that is there. */
export function sendByCurl(bucket: Bucket): string {
  return byCurl(bucket, ["upload-file = $name", "output = /dev/null"], "");
}

export function makeBucketByCurl(bucket: Bucket): string {
  return `curl ${access(bucket)} -X PUT ${bucket.endpoint}/${bucket.bucket}`;
}

function byCurl(bucket: Bucket, transfer: readonly string[], options: string): string {
  const lines = [`url = ${bucket.endpoint}/${bucket.bucket}/$name`, ...transfer].map((line) => `echo "${line}"`);
  const script = `for name; do ${lines.join("; ")}; done | curl ${access(bucket)} ${options} -K -`;
  return `xargs -P ${processes} -n ${objectsOfProcess} sh -c '${script}' sh`;
}

function access({ accessKeyId, secretAccessKey }: Bucket): string {
  const unhashed = "-H x-amz-content-sha256:UNSIGNED-PAYLOAD";
  return `-sS --fail --fail-early --aws-sigv4 aws:amz:us-east-1:s3 --user ${accessKeyId}:${secretAccessKey} ${unhashed}`;
}
