import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Table } from "../copy";
import type { Inventory } from "../inventory";
import { organizationName, organizationSlug } from "../names";
import { document } from "../text/document";
import { sometimesEmpty } from "../text/odd-texts";
import { before, secondsPerDay } from "../text/timestamps";

const industries = ["energy", "finance", "food", "health", "logistics", "media"] as const;

export function organizations(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("organizations", Prisma.OrganizationsScalarFieldEnum, function* () {
    for (const { index, id } of inventory.organizations) {
      const random = source.random("organizations", index);
      const age = (500 + random.integer(400)) * secondsPerDay;
      yield {
        id,
        name: organizationName(index),
        slug: organizationSlug(inventory, index),
        description: sometimesEmpty("Watched since its first penetration test.", index + 3),
        settings: document(source, "organizations.settings", index, {
          industry: random.pick(industries),
          scan_window: { from: "22:00", to: "05:30", time_zone: "UTC" },
          notify: ["critical", "high"],
        }),
        created_by: ids.anyUser(random),
        created_at: before(age, random.integer(1_000_000)),
        updated_at: before(random.integer(300 * secondsPerDay), random.integer(1_000_000)),
      };
    }
  });
}
