import type { change_type, entity_type, severity } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Table } from "../copy";
import { jobsPerScan, rowsOf, type Inventory } from "../inventory";
import { coverThenDraw, inTurn } from "../random";
import { document } from "../text/document";
import { encodeJson, type Json } from "../text/json";
import { sometimesEmpty, sometimesOdd } from "../text/odd-texts";
import { before, secondsPerDay } from "../text/timestamps";

interface Change {
  readonly title: string;
  readonly entities: readonly [entity_type, ...entity_type[]];
  readonly values: readonly [Json, Json];
}

const service = { port: 443, protocol: "tcp", banner: "nginx" };

const changes: Readonly<Record<change_type, Change>> = {
  asset_discovered: { title: "New asset", entities: ["asset"], values: [null, { status: "active" }] },
  asset_changed: { title: "Asset changed", entities: ["asset", "asset_edge"], values: [{ ttl: 300 }, { ttl: 60 }] },
  asset_disappeared: { title: "Asset is gone", entities: ["asset"], values: [{ status: "active" }, null] },
  service_discovered: { title: "New service", entities: ["asset"], values: [null, service] },
  service_disappeared: { title: "Service is gone", entities: ["asset"], values: [service, null] },
  certificate_changed: { title: "Certificate replaced", entities: ["asset"], values: ["sha256:00ff", "sha256:ff00"] },
  vulnerability_discovered: { title: "New vulnerability", entities: ["vulnerability"], values: [null, ["high", 8.2]] },
  vulnerability_status_changed: { title: "Status changed", entities: ["vulnerability"], values: ["open", "resolved"] },
  scope_changed: { title: "Scope changed", entities: ["scope", "organization"], values: [false, true] },
  scan_completed: { title: "Scan completed", entities: ["scan"], values: [0, 1284] },
  file_collected: { title: "File collected", entities: ["file", "report"], values: [null, { bytes: 104_857_600 }] },
};

const changeTypes = [
  "asset_discovered",
  "service_discovered",
  "vulnerability_discovered",
  "asset_changed",
  "certificate_changed",
  "vulnerability_status_changed",
  "file_collected",
  "scan_completed",
  "scope_changed",
  "service_disappeared",
  "asset_disappeared",
] as const satisfies change_type[];

const severities = ["info", "low", "medium", "high", "critical"] as const satisfies severity[];
const severityWeights = [50, 20, 15, 10, 5];

export function exposureChanges(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("exposure_changes", Prisma.Exposure_changesScalarFieldEnum, function* () {
    for (const { organization, index } of rowsOf(inventory, "changes")) {
      const random = source.random("exposure_changes", index);
      const type = inTurn(changeTypes, index);
      const { title, entities, values } = changes[type];
      const entity = inTurn(entities, Math.floor(index / changeTypes.length));
      const scan = index % 4 === 3 ? null : organization.scans.start + random.integer(organization.scans.count);
      yield {
        id: source.uuid("exposure_changes", index),
        organization_id: organization.id,
        scan_id: scan === null ? null : ids.scan(scan),
        scan_job_id: scan === null ? null : ids.scanJob(scan * jobsPerScan + random.integer(jobsPerScan)),
        asset_id: entity === "asset" ? ids.oneOf(organization.assets, ids.asset, random) : null,
        vulnerability_id:
          entity === "vulnerability" ? ids.oneOf(organization.vulnerabilities, ids.vulnerability, random) : null,
        change_type: type,
        entity_type: entity,
        title: sometimesOdd(title, index),
        description: sometimesEmpty(`${title}, seen by the regular scan.`, index),
        severity: coverThenDraw(severities, severityWeights, index, random),
        risk_score: index % 3 === 1 ? null : (random.integer(10_001) / 100).toFixed(2),
        old_value: valueOf(inventory, "exposure_changes.old_value", index, values[0]),
        new_value: valueOf(inventory, "exposure_changes.new_value", index, values[1]),
        metadata: document(source, "exposure_changes.metadata", index, {
          detector: "diff",
          run: random.integer(10_000),
        }),
        created_at: before(random.integer(200 * secondsPerDay), random.integer(1_000_000)),
      };
    }
  });
}

type ValuePlace = "exposure_changes.old_value" | "exposure_changes.new_value";

/** What was and what is may be any JSON value, most often no object; now and then one with secrets. */
function valueOf({ source }: Inventory, place: ValuePlace, index: number, value: Json): string {
  if (index === 0 || index % 17 === 5) return document(source, place, index, { was: value });
  return encodeJson(value);
}
