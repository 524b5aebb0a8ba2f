import type { scans as Model } from "@/generated/prisma/client";
import { scan_profile, scan_status } from "@/generated/prisma/enums";

import { enumeration, json, optional, organization, primaryKey, text, timestamp, user } from "./column";
import { defineTable } from "./table";

export const scans = defineTable<Model>()({
  name: "scans",
  naturalKey: [],
  rowOrder: ["organization_id", "id"],
  onlyWith: "include_scan_history",
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    name: text(),
    profile: enumeration("scan_profile", scan_profile),
    status: enumeration("scan_status", scan_status),
    options: json(),
    summary: json({ role: "metadata" }),
    created_by: user("importer", { role: "creation" }),
    started_at: optional(timestamp()),
    finished_at: optional(timestamp()),
    error: optional(text()),
    created_at: timestamp({ role: "creation" }),
  },
});
