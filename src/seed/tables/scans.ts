import type { scan_profile, scan_status } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Table } from "../copy";
import { rowsOf, type Inventory } from "../inventory";
import { inTurn } from "../random";
import { document } from "../text/document";
import { ExactNumber } from "../text/json";
import { sometimesOdd } from "../text/odd-texts";
import { before, secondsPerDay } from "../text/timestamps";

const profiles = ["default", "quick", "deep", "stealth"] as const satisfies scan_profile[];
const statuses = ["completed", "failed", "running", "queued", "cancelled"] as const satisfies scan_status[];

export function scans(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("scans", Prisma.ScansScalarFieldEnum, function* () {
    for (const { organization, index, local } of rowsOf(inventory, "scans")) {
      const random = source.random("scans", index);
      const status = inTurn(statuses, index);
      const profile = inTurn(profiles, index);
      const started = random.integer(200 * secondsPerDay) + secondsPerDay;
      const hasStarted = status !== "queued";
      const hasFinished = hasStarted && status !== "running";
      yield {
        id: ids.scan(index),
        organization_id: organization.id,
        name: sometimesOdd(`Scan ${local + 1}, ${profile}`, index + 2),
        profile,
        status,
        options: document(source, "scans.options", index, { rate_limit: 150, ports: [80, 443, 8443], follow: true }),
        summary: document(source, "scans.summary", index, {
          assets: organization.assets.count,
          packets: new ExactNumber("9007199254740993"),
        }),
        created_by: ids.anyUser(random),
        started_at: hasStarted ? before(started, random.integer(1_000_000)) : null,
        finished_at: hasFinished ? before(started - random.integer(secondsPerDay), random.integer(1_000_000)) : null,
        error: status === "failed" ? `connect ETIMEDOUT\n\tat 198.18.0.1:443 "no answer"` : null,
        created_at: before(started + 60, random.integer(1_000_000)),
      };
    }
  });
}
