import type { assets as Model } from "@/generated/prisma/client";
import { asset_status, asset_type } from "@/generated/prisma/enums";

import { enumeration, float, json, numeric, optional, organization, primaryKey, text, textList, timestamp, user } from "./column";
import { defineTable } from "./table";

export const assets = defineTable<Model>()({
  name: "assets",
  naturalKey: ["organization_id", "type", "normalized_value"],
  rowOrder: ["organization_id", "id"],
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    type: enumeration("asset_type", asset_type),
    value: text(),
    normalized_value: text({ notEmpty: true, maxBytes: 2000 }),
    status: enumeration("asset_status", asset_status),
    confidence: float(0, 1, { role: "metadata" }),
    risk_score: numeric(2, 0, 100),
    source_plugin: text(),
    metadata: json({ role: "metadata" }),
    tags: textList({ role: "metadata" }),
    first_seen_at: timestamp(),
    last_seen_at: timestamp({ role: "metadata" }),
    created_by: optional(user("known_user", { role: "creation" })),
    created_at: timestamp({ role: "creation" }),
    updated_at: timestamp(),
  },
});
