import type { exposure_changes as Model } from "@/generated/prisma/client";
import { change_type, entity_type, severity } from "@/generated/prisma/enums";

import { enumeration, json, numeric, optional, organization, primaryKey, reference, text, timestamp } from "./column";
import { defineTable } from "./table";

export const exposureChanges = defineTable<Model>()({
  name: "exposure_changes",
  naturalKey: [],
  rowOrder: ["organization_id", "asset_id", "id"],
  importRule: "events",
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    scan_id: optional(reference("scans")),
    scan_job_id: optional(reference("scan_jobs")),
    asset_id: optional(reference("assets")),
    vulnerability_id: optional(reference("vulnerabilities")),
    change_type: enumeration("change_type", change_type),
    entity_type: enumeration("entity_type", entity_type),
    title: text(),
    description: text(),
    severity: enumeration("severity", severity),
    risk_score: optional(numeric(2, 0, 100)),
    old_value: json(),
    new_value: json(),
    metadata: json(),
    created_at: timestamp({ role: "creation" }),
  },
});
