import type { reports as Model } from "@/generated/prisma/client";
import { report_format, report_status, report_type } from "@/generated/prisma/enums";

import { enumeration, json, optional, organization, primaryKey, reference, text, timestamp, user } from "./column";
import { defineTable } from "./table";

export const reports = defineTable<Model>()({
  name: "reports",
  naturalKey: [],
  rowOrder: ["organization_id", "id"],
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    scan_id: optional(reference("scans")),
    file_id: optional(reference("files")),
    title: text({ role: "metadata" }),
    type: enumeration("report_type", report_type),
    format: enumeration("report_format", report_format),
    status: enumeration("report_status", report_status),
    parameters: json({ role: "metadata" }),
    created_by: user("importer", { role: "creation" }),
    created_at: timestamp({ role: "creation" }),
  },
});
