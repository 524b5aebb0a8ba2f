import { utc, type Listing } from "./read-page";

const organization = "listed.organization_id, organizations.name AS organization_name";
const joinOrganization = "JOIN organizations ON organizations.id = listed.organization_id";

/** What the inventory shows of each kind of thing. */
export const listings = {
  organizations: {
    table: "organizations",
    columns: `listed.id, listed.name, listed.slug, listed.description, ${utc("listed.created_at")} AS created_at,
      (SELECT count(*)::int FROM assets WHERE organization_id = listed.id) AS assets,
      (SELECT count(*)::int FROM vulnerabilities WHERE organization_id = listed.id) AS vulnerabilities,
      (SELECT count(*)::int FROM files WHERE organization_id = listed.id) AS files`,
    order: "listed.name, listed.id",
  },
  assets: {
    table: "assets",
    columns: `listed.id, ${organization}, listed.type, listed.value, listed.status, listed.risk_score::text AS risk_score,
      listed.confidence, listed.source_plugin, listed.tags, ${utc("listed.last_seen_at")} AS last_seen_at`,
    joins: joinOrganization,
    order: "listed.last_seen_at DESC, listed.id",
  },
  vulnerabilities: {
    table: "vulnerabilities",
    columns: `listed.id, ${organization}, listed.asset_id, assets.value AS asset_value, listed.external_id, listed.title,
      listed.severity, listed.status, listed.cvss_score::text AS cvss_score, ${utc("listed.last_seen_at")} AS last_seen_at`,
    joins: `${joinOrganization} JOIN assets ON assets.id = listed.asset_id`,
    order: "listed.severity, listed.last_seen_at DESC, listed.id",
  },
  files: {
    table: "files",
    columns: `listed.id, ${organization}, listed.original_name, listed.file_type, listed.content_type,
      listed.size_bytes::text AS size_bytes, listed.sha256, ${utc("listed.created_at")} AS created_at`,
    joins: joinOrganization,
    order: "listed.created_at DESC, listed.id",
  },
} as const satisfies Record<string, Listing>;

export type InventoryKind = keyof typeof listings;
