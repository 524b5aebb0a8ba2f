import type { report_format, report_status, report_type } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Table } from "../copy";
import { rowsOf, type Inventory } from "../inventory";
import { inTurn } from "../random";
import { document } from "../text/document";
import { sometimesOdd } from "../text/odd-texts";
import { before, secondsPerDay } from "../text/timestamps";

const types = ["executive", "technical", "compliance", "changes"] as const satisfies report_type[];
const formats = ["pdf", "html", "json", "csv", "markdown"] as const satisfies report_format[];
const statuses = ["ready", "pending", "generating", "ready", "failed"] as const satisfies report_status[];

export function reports(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("reports", Prisma.ReportsScalarFieldEnum, function* () {
    for (const { organization, index } of rowsOf(inventory, "reports")) {
      const random = source.random("reports", index);
      const status = inTurn(statuses, index);
      const type = inTurn(types, index);
      yield {
        id: source.uuid("reports", index),
        organization_id: organization.id,
        scan_id: index % 3 === 2 ? null : ids.oneOf(organization.scans, ids.scan, random),
        file_id: status === "ready" ? ids.oneOf(organization.files, ids.file, random) : null,
        title: sometimesOdd(`Exposure report, ${type}`, index + 1),
        type,
        format: inTurn(formats, index),
        status,
        parameters: document(source, "reports.parameters", index, { language: "en", sections: [type, "appendix"] }),
        created_by: ids.anyUser(random),
        created_at: before(random.integer(180 * secondsPerDay), random.integer(1_000_000)),
      };
    }
  });
}
