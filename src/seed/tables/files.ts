import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Table } from "../copy";
import { jobsPerScan, rowsOf, type Inventory } from "../inventory";
import { sha256Of, storedFile } from "../stored-files";
import { document } from "../text/document";
import { before, secondsPerDay } from "../text/timestamps";

const plugins = ["gowitness", "nuclei", "httpx", "manual"] as const;

export function files(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("files", Prisma.FilesScalarFieldEnum, function* () {
    for (const { organization, index } of rowsOf(inventory, "files")) {
      const random = source.random("files/row", index);
      const { type, originalName, objectKey, contentType, content, scan } = storedFile(inventory, organization, index);
      const vulnerability = ids.oneOf(organization.vulnerabilities, ids.vulnerability, random);
      yield {
        id: ids.file(index),
        organization_id: organization.id,
        scan_id: scan === null ? null : ids.scan(scan),
        scan_job_id: scan === null ? null : ids.scanJob(scan * jobsPerScan + random.integer(jobsPerScan)),
        asset_id: index % 4 === 1 ? null : ids.oneOf(organization.assets, ids.asset, random),
        vulnerability_id: index % 2 === 1 ? vulnerability : null,
        file_type: type,
        source_plugin: random.pick(plugins),
        original_name: originalName,
        bucket: index % 5 === 4 ? "" : "inventory",
        object_key: objectKey,
        content_type: contentType,
        size_bytes: content.size,
        sha256: sha256Of(content),
        metadata: document(source, "files.metadata", index, { collected_by: random.pick(plugins), width: null }),
        created_by: index % 3 === 0 ? ids.anyUser(random) : null,
        created_at: before(random.integer(200 * secondsPerDay), random.integer(1_000_000)),
      };
    }
  });
}
