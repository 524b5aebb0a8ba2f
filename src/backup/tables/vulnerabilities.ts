import type { vulnerabilities as Model } from "@/generated/prisma/client";
import { severity, vulnerability_status } from "@/generated/prisma/enums";

import { enumeration, json, numeric, optional, organization, primaryKey, reference, text, textList, timestamp, user } from "./column";
import { defineTable } from "./table";

export const vulnerabilities = defineTable<Model>()({
  name: "vulnerabilities",
  naturalKey: ["organization_id", "asset_id", "external_id", "matched_url"],
  rowOrder: ["organization_id", "asset_id", "id"],
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    asset_id: reference("assets"),
    scan_id: optional(reference("scans")),
    external_id: text({ notEmpty: true, maxBytes: 500 }),
    title: text(),
    description: text(),
    remediation: text({ role: "metadata" }),
    severity: enumeration("severity", severity),
    status: enumeration("vulnerability_status", vulnerability_status),
    cvss_score: optional(numeric(1, 0, 10)),
    risk_score: optional(numeric(2, 0, 100)),
    cve_ids: textList(),
    references: textList({ role: "metadata" }),
    matched_url: text({ maxBytes: 2000 }),
    evidence: json({ role: "metadata" }),
    metadata: json({ role: "metadata" }),
    assigned_to: optional(user("known_user")),
    resolved_by: optional(user("known_user")),
    resolved_at: optional(timestamp()),
    first_seen_at: timestamp(),
    last_seen_at: timestamp({ role: "metadata" }),
    created_at: timestamp({ role: "creation" }),
    updated_at: timestamp(),
  },
});
