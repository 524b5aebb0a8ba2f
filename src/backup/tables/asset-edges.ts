import type { asset_edges as Model } from "@/generated/prisma/client";
import { asset_relation_type } from "@/generated/prisma/enums";

import { enumeration, float, json, organization, primaryKey, reference, text, timestamp } from "./column";
import { defineTable } from "./table";

export const assetEdges = defineTable<Model>()({
  name: "asset_edges",
  naturalKey: ["organization_id", "from_asset_id", "to_asset_id", "relation_type"],
  rowOrder: ["organization_id", "from_asset_id", "id"],
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    from_asset_id: reference("assets"),
    to_asset_id: reference("assets"),
    relation_type: enumeration("asset_relation_type", asset_relation_type),
    confidence: float(0, 1, { role: "metadata" }),
    source_plugin: text(),
    metadata: json({ role: "metadata" }),
    first_seen_at: timestamp(),
    last_seen_at: timestamp({ role: "metadata" }),
    created_at: timestamp({ role: "creation" }),
  },
});
