import type { organizations as Model } from "@/generated/prisma/client";

import { json, primaryKey, text, timestamp, user } from "./column";
import { defineTable } from "./table";

export const organizations = defineTable<Model>()({
  name: "organizations",
  naturalKey: ["slug"],
  rowOrder: ["id"],
  columns: {
    id: primaryKey(),
    name: text(),
    slug: text({ notEmpty: true, maxBytes: 200 }),
    description: text({ role: "metadata" }),
    settings: json({ role: "metadata" }),
    created_by: user("importer", { role: "creation" }),
    created_at: timestamp({ role: "creation" }),
    updated_at: timestamp(),
  },
});
