import { Prisma } from "@/generated/prisma/browser";
import { connectionsOf } from "../cluster";
import { defineTable, type Table } from "../copy";
import type { Inventory } from "../inventory";
import { document } from "../text/document";
import { before, secondsPerDay } from "../text/timestamps";

const plugins = ["dnsx", "naabu", "httpx", "tlsx"] as const;

export function assetEdges(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("asset_edges", Prisma.Asset_edgesScalarFieldEnum, function* () {
    let index = 0;
    for (const { organization, connection } of wantedConnections(inventory)) {
      const random = source.random("asset_edges", index);
      const firstSeen = (30 + random.integer(400)) * secondsPerDay;
      yield {
        id: source.uuid("asset_edges", index),
        organization_id: organization.id,
        from_asset_id: ids.asset(organization.assets.start + connection.from),
        to_asset_id: ids.asset(organization.assets.start + connection.to),
        relation_type: connection.relation,
        confidence: index === 3 ? "-0" : random.integer(1001) / 1000,
        source_plugin: random.pick(plugins),
        metadata: document(source, "asset_edges.metadata", index, {
          record: connection.relation === "resolves_to" ? "A" : null,
          ttl: 60 * (1 + random.integer(60)),
        }),
        first_seen_at: before(firstSeen, random.integer(1_000_000)),
        last_seen_at: before(random.integer(firstSeen), random.integer(1_000_000)),
        created_at: before(firstSeen, random.integer(1_000_000)),
      };
      index++;
    }
  });
}

/** All connections, or as many of them as the options ask for, taken evenly from all organizations. */
function* wantedConnections({ organizations, options }: Inventory) {
  const wanted = options.edges ?? Number.POSITIVE_INFINITY;
  const known = wanted === Number.POSITIVE_INFINITY ? 0 : countConnections(organizations);
  let passed = 0;
  for (const organization of organizations) {
    for (const connection of connectionsOf(organization)) {
      const take =
        wanted >= known || Math.floor(((passed + 1) * wanted) / known) > Math.floor((passed * wanted) / known);
      passed++;
      if (take) yield { organization, connection };
    }
  }
}

function countConnections(organizations: Inventory["organizations"]): number {
  let count = 0;
  for (const organization of organizations) for (const _ of connectionsOf(organization)) count++;
  return count;
}
