import type { vulnerability_status } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { assetIdentity, countVulnerableAssets, vulnerableAsset } from "../cluster";
import { defineTable, textArray, type Table } from "../copy";
import { findings, type Finding } from "../findings";
import { rowsOf, type Inventory, type OrganizationShare } from "../inventory";
import { coverThenDraw, inTurn } from "../random";
import { document } from "../text/document";
import { oddTexts, sometimesEmpty, sometimesOdd } from "../text/odd-texts";
import { before, secondsPerDay } from "../text/timestamps";

const statuses = [
  "open",
  "confirmed",
  "in_progress",
  "resolved",
  "false_positive",
  "accepted_risk",
] as const satisfies vulnerability_status[];
const statusWeights = [60, 12, 8, 14, 3, 3];

export function vulnerabilities(inventory: Inventory): Table {
  const { source, ids } = inventory;
  return defineTable("vulnerabilities", Prisma.VulnerabilitiesScalarFieldEnum, function* () {
    for (const { organization, index, local } of rowsOf(inventory, "vulnerabilities")) {
      const random = source.random("vulnerabilities", index);
      const { asset, finding, occurrence } = place(organization, local);
      const host = assetIdentity(organization, asset).normalized;
      const status = coverThenDraw(statuses, statusWeights, index, random);
      const firstSeen = (20 + random.integer(380)) * secondsPerDay + random.integer(secondsPerDay);
      const resolved = status === "resolved";
      yield {
        id: ids.vulnerability(index),
        organization_id: organization.id,
        asset_id: ids.asset(organization.assets.start + asset),
        scan_id: random.chance(30) || index === 1 ? null : ids.oneOf(organization.scans, ids.scan, random),
        external_id: finding.name,
        title: sometimesOdd(finding.title, index),
        description: sometimesEmpty(`${finding.title}, found at ${host}.`, index + 1),
        remediation: sometimesEmpty(finding.remediation, index + 2),
        severity: finding.severity,
        status,
        cvss_score: finding.cvss,
        risk_score: random.chance(20) || index === 2 ? null : (random.integer(10_001) / 100).toFixed(2),
        cve_ids: textArray(finding.cves),
        references: textArray(references(finding, index)),
        matched_url: matchedUrl(host, occurrence),
        evidence: document(source, "vulnerabilities.evidence", index, {
          request: `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
          response: { status: 200, matched: [finding.name], body: '<title>"It works"</title>\n' },
        }),
        metadata: document(source, "vulnerabilities.metadata", index, {
          template: finding.name,
          occurrence,
          cwe: finding.cves.length > 0 ? ["CWE-20"] : null,
        }),
        assigned_to: random.chance(30) || index === 0 ? ids.anyUser(random) : null,
        resolved_by: resolved && (index < 100 || random.chance(90)) ? ids.anyUser(random) : null,
        resolved_at: resolved ? before(random.integer(firstSeen), random.integer(1_000_000)) : null,
        first_seen_at: before(firstSeen, random.integer(1_000_000)),
        last_seen_at: before(random.integer(firstSeen), random.integer(1_000_000)),
        created_at: before(firstSeen, random.integer(1_000_000)),
        updated_at: before(random.integer(firstSeen), random.integer(1_000_000)),
      };
    }
  });
}

/**
 * Spreads an organization's vulnerabilities over its assets, a different finding each time round, so that asset,
 * finding and occurrence together are never the same twice.
 */
function place(
  organization: OrganizationShare,
  local: number,
): { asset: number; finding: Finding; occurrence: number } {
  const assets = countVulnerableAssets(organization);
  const number = (local * strideOver(assets)) % assets;
  const round = Math.floor(local / assets);
  return {
    asset: vulnerableAsset(number),
    finding: inTurn(findings, number + round),
    occurrence: Math.floor(round / findings.length),
  };
}

/** A step that reaches each of the assets once before it comes round. */
function strideOver(assets: number): number {
  // Larger than a cluster, so that neighbours in the table stand on assets far apart.
  return [7919, 104_729, 1].find((stride) => assets % stride !== 0) ?? 1;
}

function matchedUrl(host: string, occurrence: number): string {
  const url = host.includes("://") || host.includes("=") || host.includes(" ") ? host : `https://${host}/`;
  return occurrence === 0 ? url : `${url}#${occurrence}`;
}

function references(finding: Finding, index: number): readonly string[] {
  if (index % 400 === 3) return ["", "a,b", '{"c"}', "\\", ...oddTexts];
  return finding.cves.map((cve) => `https://nvd.nist.gov/vuln/detail/${cve}`);
}
