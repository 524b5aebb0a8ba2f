import type { scope_status, scope_type } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Table } from "../copy";
import type { Inventory } from "../inventory";
import { clusterDomain } from "../names";
import { sometimesEmpty } from "../text/odd-texts";
import { before, secondsPerDay } from "../text/timestamps";

type Scope = readonly [scope_type, scope_status, (domain: string) => string];

const scopesOfEach: readonly Scope[] = [
  ["domain", "approved", (domain) => domain],
  ["subdomain", "approved", (domain) => `*.${domain}`],
  ["subdomain", "rejected", (domain) => `partner.${domain}`],
  ["ip", "approved", () => "2001:db8::10"],
  ["cidr", "pending", () => "198.18.0.0/15"],
  ["asn", "approved", () => "AS4200000000"],
  ["url", "pending", (domain) => `https://www.${domain}/日本語/"quoted"\u2028\\path`],
  ["domain", "rejected", (domain) => `parked-${domain}`],
];

export function scopes(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("scopes", Prisma.ScopesScalarFieldEnum, function* () {
    let index = 0;
    for (const organization of inventory.organizations) {
      for (const [type, status, value] of scopesOfEach) {
        const random = source.random("scopes", index);
        const age = (100 + random.integer(300)) * secondsPerDay;
        const approved = status === "approved";
        yield {
          id: source.uuid("scopes", index),
          organization_id: organization.id,
          type,
          value: value(clusterDomain(organization, 0)),
          description: sometimesEmpty("Named in the order for testing.", index),
          status,
          created_by: ids.anyUser(random),
          approved_by: approved ? ids.anyUser(random) : null,
          approved_at: approved ? before(age - secondsPerDay, random.integer(1_000_000)) : null,
          created_at: before(age, random.integer(1_000_000)),
          updated_at: before(random.integer(90 * secondsPerDay), random.integer(1_000_000)),
        };
        index++;
      }
    }
  });
}
