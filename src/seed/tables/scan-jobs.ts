import type { scan_job_status } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Table } from "../copy";
import { jobsPerScan, rowsOf, type Inventory } from "../inventory";
import { inTurn } from "../random";
import { document } from "../text/document";
import { before, secondsPerDay } from "../text/timestamps";

const plugins = ["subfinder", "naabu", "httpx", "nuclei"] as const;
const statuses = [
  "completed",
  "failed",
  "running",
  "queued",
  "cancelled",
  "skipped",
] as const satisfies scan_job_status[];
const unstarted: ReadonlySet<scan_job_status> = new Set(["queued", "skipped"]);

/** The first is the largest bigint; the others are above what a double counts exactly. */
const oddByteCounts = ["9223372036854775807", "9223372036854775806", "9007199254740993"] as const;

export function scanJobs(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("scan_jobs", Prisma.Scan_jobsScalarFieldEnum, function* () {
    for (const { organization, index: scan } of rowsOf(inventory, "scans")) {
      for (let position = 0; position < jobsPerScan; position++) {
        const index = scan * jobsPerScan + position;
        const random = source.random("scan_jobs", index);
        const status = inTurn(statuses, index);
        const started = random.integer(200 * secondsPerDay) + secondsPerDay;
        const hasStarted = !unstarted.has(status);
        yield {
          id: ids.scanJob(index),
          scan_id: ids.scan(scan),
          organization_id: organization.id,
          plugin: inTurn(plugins, position),
          status,
          priority: index === 2 ? -2_147_483_648 : index === 3 ? 2_147_483_647 : random.integer(10),
          attempts: hasStarted ? 1 + random.integer(3) : 0,
          input: document(source, "scan_jobs.input", index, {
            targets: random.integer(500),
            templates: ["cves", "tls"],
          }),
          result_summary: document(source, "scan_jobs.result_summary", index, {
            found: random.integer(80),
            partial: null,
          }),
          error: status === "failed" ? `exit code 137: "killed"\r\n\\\\worker\\share` : null,
          worker_id: hasStarted ? `worker-${random.integer(8)}` : null,
          started_at: hasStarted ? before(started, random.integer(1_000_000)) : null,
          finished_at: hasStarted && status !== "running" ? before(started - 900, random.integer(1_000_000)) : null,
          bytes_processed: oddByteCounts[index] ?? random.integer(2 ** 31),
        };
      }
    }
  });
}
