import type { files as Model } from "@/generated/prisma/client";
import { file_type } from "@/generated/prisma/enums";

import { bigint, enumeration, json, objectKey, optional, organization, primaryKey, reference, sha256, text, timestamp, user } from "./column";
import { defineTable } from "./table";

export const files = defineTable<Model>()({
  name: "files",
  naturalKey: ["object_key"],
  rowOrder: ["organization_id", "id"],
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    scan_id: optional(reference("scans")),
    scan_job_id: optional(reference("scan_jobs")),
    asset_id: optional(reference("assets")),
    vulnerability_id: optional(reference("vulnerabilities")),
    file_type: enumeration("file_type", file_type),
    source_plugin: text(),
    original_name: text({ role: "metadata" }),
    // Where it was first stored. Objects are read from the storage that is configured now.
    bucket: text(),
    object_key: objectKey(),
    content_type: text({ role: "metadata" }),
    size_bytes: bigint({ role: "content" }),
    sha256: sha256({ role: "content" }),
    metadata: json({ role: "metadata" }),
    created_by: optional(user("known_user", { role: "creation" })),
    created_at: timestamp({ role: "creation" }),
  },
});
