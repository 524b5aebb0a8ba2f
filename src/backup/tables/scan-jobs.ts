import type { scan_jobs as Model } from "@/generated/prisma/client";
import { scan_job_status } from "@/generated/prisma/enums";

import { bigint, enumeration, integer, json, optional, organization, primaryKey, reference, text, timestamp } from "./column";
import { defineTable } from "./table";

export const scanJobs = defineTable<Model>()({
  name: "scan_jobs",
  naturalKey: [],
  rowOrder: ["organization_id", "scan_id", "id"],
  onlyWith: "include_scan_history",
  columns: {
    id: primaryKey(),
    scan_id: reference("scans"),
    organization_id: organization(),
    plugin: text(),
    status: enumeration("scan_job_status", scan_job_status),
    priority: integer(),
    attempts: integer(0),
    input: json(),
    result_summary: json({ role: "metadata" }),
    error: optional(text()),
    worker_id: optional(text()),
    started_at: optional(timestamp()),
    finished_at: optional(timestamp()),
    bytes_processed: bigint(),
  },
});
