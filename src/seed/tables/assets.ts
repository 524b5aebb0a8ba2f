import type { asset_status } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { assetIdentity } from "../cluster";
import { defineTable, textArray, type Field, type Table } from "../copy";
import { rowsOf, type Inventory } from "../inventory";
import { coverThenDraw, inTurn, type Random } from "../random";
import { document } from "../text/document";
import { oddTexts } from "../text/odd-texts";
import { before, oddMoments, secondsPerDay } from "../text/timestamps";

const statuses = ["active", "inactive", "archived", "unknown"] as const satisfies asset_status[];
const statusWeights = [85, 7, 3, 5];
const plugins = ["subfinder", "dnsx", "naabu", "httpx", "tlsx", "manual"] as const;

/** Doubles that a detour through decimal or text tends to change. */
const oddConfidences: readonly [Field, ...Field[]] = ["-0", 0.1 + 0.2, 5e-324, 1 - Number.EPSILON / 2, 1 / 3, 1e-7];

const tagLists: readonly (readonly string[])[] = [
  [],
  ["production"],
  ["internet-facing", "pci"],
  ["owner:platform", "tier 1", "production"],
  ["a,b", 'quoted "tag"', "{braces}", "back\\slash", "", "NULL", "null", " "],
];

export function assets(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("assets", Prisma.AssetsScalarFieldEnum, function* () {
    for (const { organization, index, local } of rowsOf(inventory, "assets")) {
      const random = source.random("assets", index);
      const { type, value, normalized } = assetIdentity(organization, local);
      const firstSeen = (30 + random.integer(400)) * secondsPerDay + random.integer(secondsPerDay);
      yield {
        id: ids.asset(index),
        organization_id: organization.id,
        type,
        value,
        normalized_value: normalized,
        status: coverThenDraw(statuses, statusWeights, index, random),
        confidence: confidence(index, random),
        risk_score: (random.integer(10_001) / 100).toFixed(2),
        source_plugin: random.pick(plugins),
        metadata: document(source, "assets.metadata", index, {
          sources: [random.pick(plugins), "passive"],
          probes: { attempts: 1 + random.integer(5), latency_ms: random.integer(90_000) / 1000 },
          first_query: type === "url" ? { path: value, status: 200 } : null,
        }),
        tags: textArray(tags(index, random)),
        first_seen_at: index === 11 ? oddMoments.beforeEpoch : before(firstSeen, random.integer(1_000_000)),
        last_seen_at:
          index === 12 ? oddMoments.lastMicrosecond : before(random.integer(firstSeen), random.integer(1_000_000)),
        created_by: random.chance(25) || index === 1 ? ids.anyUser(random) : null,
        created_at: index === 13 ? oddMoments.firstAfterEpoch : before(firstSeen, random.integer(1_000_000)),
        updated_at: before(random.integer(firstSeen), random.integer(1_000_000)),
      };
    }
  });
}

function confidence(index: number, random: Random): Field {
  return index % 23 === 4 ? inTurn(oddConfidences, Math.floor(index / 23)) : random.integer(1001) / 1000;
}

function tags(index: number, random: Random): readonly string[] {
  // The list of odd texts is large: it comes once early, and then in one row of five hundred.
  if (index % 500 === tagLists.length) return oddTexts;
  return tagLists[index] ?? tagLists[random.integer(tagLists.length)] ?? [];
}
