import { exportBundle, type Warning } from "@/backup";
import type { BundleSink } from "@/bundle";

import { applicationVersion } from "../../application-version";
import { authenticateAdmin } from "../../auth";
import { failPreparedExport, takePreparedExport } from "../../backup-panel/prepared-exports";
import { pool } from "../../db";
import { objectStore } from "../../object-store";
import { withRun, withWorkSlot, type Run } from "../../runs";
import { requestFormat } from "../content-type";
import { Download } from "../download";
import { endpoint, type Call } from "../endpoint";
import { givingWay } from "../give-way";
import { readJson } from "../json-body";
import { exportRequestSchema } from "./schemas";

type ExportRequest = ReturnType<typeof exportRequestSchema.parse>;

export const exportRoutes = endpoint({ POST: handleExport });
export const preparedExportRoutes = endpoint({ GET: handlePreparedExport });

async function handleExport(call: Call): Promise<Response> {
  const { request, body } = call;
  const { userId } = await authenticateAdmin(request);
  // curl -d '' names a content type all the same.
  if (!body.ended) requestFormat(request.headers, ["json"]);
  return streamExport(call, userId, await readJson(body, exportRequestSchema));
}

/** For the panel, whose browser can write only what a GET answers to the disk without holding it. */
async function handlePreparedExport(call: Call): Promise<Response> {
  const { userId } = await authenticateAdmin(call.request);
  const id = String(call.params.id);
  const options = takePreparedExport(id, userId);
  try {
    return await streamExport(call, userId, options, id);
  } catch (error) {
    failPreparedExport(id, error);
    throw error;
  }
}

/** Answers once there is something to send: what goes wrong before that is a problem, not a broken download. */
async function streamExport({ request, log }: Call, userId: string, options: ExportRequest, id?: string): Promise<Response> {
  const download = new Download();
  const signal = AbortSignal.any([request.signal, download.gone]);
  const { include_secrets: _ignored, ...noted } = options;
  let runId = "";
  const finished = withWorkSlot(signal, () =>
    withRun({ id, kind: "export", userId, options: noted, signal, log }, (run) => {
      runId = run.id;
      return writeBundle(run, options, download);
    }),
  );
  finished.then(
    () => download.end(),
    (error: unknown) => download.fail(error),
  );
  await Promise.race([download.begun, finished]);
  return new Response(download.readable, { headers: downloadHeaders(runId) });
}

/** Keeps the end of a bundle back until its run is recorded as succeeded: who misses it has no bundle. */
class HeldBack implements BundleSink {
  #newest: Buffer | undefined;

  constructor(private readonly sink: BundleSink) {}

  async write(chunk: Buffer): Promise<void> {
    const before = this.#newest;
    this.#newest = chunk;
    if (before !== undefined) await this.sink.write(before);
  }

  async release(): Promise<void> {
    if (this.#newest !== undefined) await this.sink.write(this.#newest);
  }
}

async function writeBundle(run: Run, { include_secrets, ...options }: ExportRequest, download: Download): Promise<void> {
  const sink = new HeldBack(download);
  const outcome = await exportBundle(options, {
    pool: pool(),
    objects: objectStore(),
    sink,
    applicationVersion,
    warnings: include_secrets === undefined ? [] : [secretsWarning],
    signal: run.signal,
    giveWay: givingWay(),
    onProgress: (progress) => run.report(progress),
  });
  await run.succeed(pool(), {
    options,
    counts: { rows: outcome.counts, objects: outcome.objects, object_bytes: outcome.object_bytes },
    warnings: outcome.warnings,
    bytes: outcome.size,
    bundleSha256: outcome.sha256,
  });
  await sink.release();
}

const secretsWarning: Warning = {
  code: "secrets_never_exported",
  message: "include_secrets was asked for: secrets are never exported, whatever the options.",
};

function downloadHeaders(runId: string): Record<string, string> {
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z").replace(/[-:]/g, "");
  return {
    "content-type": "application/zip",
    "content-disposition": `attachment; filename="system-backup-${time}.zip"`,
    "cache-control": "no-store",
    "x-backup-run-id": runId,
    // nginx would otherwise write the download to its disk first.
    "x-accel-buffering": "no",
  };
}
