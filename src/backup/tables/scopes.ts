import type { scopes as Model } from "@/generated/prisma/client";
import { scope_status, scope_type } from "@/generated/prisma/enums";

import { enumeration, optional, organization, primaryKey, text, timestamp, user } from "./column";
import { defineTable } from "./table";

export const scopes = defineTable<Model>()({
  name: "scopes",
  naturalKey: ["organization_id", "type", "value"],
  rowOrder: ["organization_id", "id"],
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    type: enumeration("scope_type", scope_type),
    value: text({ notEmpty: true, maxBytes: 2000 }),
    description: text({ role: "metadata" }),
    status: enumeration("scope_status", scope_status),
    created_by: user("importer", { role: "creation" }),
    approved_by: optional(user("known_user")),
    approved_at: optional(timestamp()),
    created_at: timestamp({ role: "creation" }),
    updated_at: timestamp(),
  },
});
