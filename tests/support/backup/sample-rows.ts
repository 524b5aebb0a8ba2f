import { sha256 } from "./bundle-file";

/** Rows as a bundle has them, whole and valid. What a test cares about it says; the rest is here. */

type Row = Record<string, unknown>;

/** A uuid that says its number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** Nobody, in any installation. */
export const stranger = uuid(999_999);

const created = "2024-01-02T03:04:05.678901+00:00";
const later = "2025-06-07T08:09:10.111213+00:00";

export const organizationRow = (id: number, changes: Row = {}): Row => ({
  id: uuid(id),
  name: `Organization ${id}`,
  slug: `organization-${id}`,
  description: "described",
  settings: { theme: "dark" },
  created_by: stranger,
  created_at: created,
  updated_at: later,
  ...changes,
});

export const scopeRow = (id: number, organization: number, changes: Row = {}): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  type: "domain",
  value: `scope-${id}.example`,
  description: "described",
  status: "approved",
  created_by: stranger,
  approved_by: null,
  approved_at: later,
  created_at: created,
  updated_at: later,
  ...changes,
});

export const memberRow = (id: number, organization: number, user: string): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  user_id: user,
  role: "viewer",
  created_at: created,
});

export const assetRow = (id: number, organization: number, changes: Row = {}): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  type: "domain",
  value: `Asset-${id}.example`,
  normalized_value: `asset-${id}.example`,
  status: "active",
  confidence: 0.75,
  risk_score: 12.5,
  source_plugin: "dns",
  metadata: { a: [1, null] },
  tags: ["one", "two"],
  first_seen_at: created,
  last_seen_at: later,
  created_by: null,
  created_at: created,
  updated_at: later,
  ...changes,
});

export const edgeRow = (id: number, organization: number, from: number, to: number, changes: Row = {}): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  from_asset_id: uuid(from),
  to_asset_id: uuid(to),
  relation_type: "resolves_to",
  confidence: 1,
  source_plugin: "dns",
  metadata: {},
  first_seen_at: created,
  last_seen_at: later,
  created_at: created,
  ...changes,
});

export const vulnerabilityRow = (id: number, organization: number, asset: number, changes: Row = {}): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  asset_id: uuid(asset),
  scan_id: null,
  external_id: `finding-${id}`,
  title: "Found",
  description: "described",
  remediation: "mend",
  severity: "high",
  status: "open",
  cvss_score: 7.5,
  risk_score: 60.25,
  cve_ids: ["CVE-2024-0001"],
  references: ["https://example.com"],
  matched_url: "https://asset.example/",
  evidence: { request: "GET /" },
  metadata: {},
  assigned_to: null,
  resolved_by: null,
  resolved_at: null,
  first_seen_at: created,
  last_seen_at: later,
  created_at: created,
  updated_at: later,
  ...changes,
});

export const scanRow = (id: number, organization: number, changes: Row = {}): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  name: "nightly",
  profile: "default",
  status: "completed",
  options: {},
  summary: { found: 3 },
  created_by: stranger,
  started_at: created,
  finished_at: later,
  error: null,
  created_at: created,
  ...changes,
});

export const jobRow = (id: number, organization: number, scan: number, changes: Row = {}): Row => ({
  id: uuid(id),
  scan_id: uuid(scan),
  organization_id: uuid(organization),
  plugin: "dns",
  status: "completed",
  priority: 5,
  attempts: 1,
  input: {},
  result_summary: { lines: 1 },
  error: null,
  worker_id: null,
  started_at: created,
  finished_at: later,
  bytes_processed: 1024,
  ...changes,
});

export const reportRow = (id: number, organization: number, changes: Row = {}): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  scan_id: null,
  file_id: null,
  title: "Report",
  type: "technical",
  format: "pdf",
  status: "ready",
  parameters: {},
  created_by: stranger,
  created_at: created,
  ...changes,
});

export const fileRow = (id: number, organization: number, content: Buffer, changes: Row = {}): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  scan_id: null,
  scan_job_id: null,
  asset_id: null,
  vulnerability_id: null,
  file_type: "evidence",
  source_plugin: "browser",
  original_name: "note.txt",
  bucket: "elsewhere",
  object_key: `organizations/${uuid(organization)}/files/evidence/${uuid(id)}-note.txt`,
  content_type: "text/plain",
  size_bytes: content.length,
  sha256: sha256(content),
  metadata: {},
  created_by: null,
  created_at: created,
  ...changes,
});

export const changeRow = (id: number, organization: number, changes: Row = {}): Row => ({
  id: uuid(id),
  organization_id: uuid(organization),
  scan_id: null,
  scan_job_id: null,
  asset_id: null,
  vulnerability_id: null,
  change_type: "asset_discovered",
  entity_type: "asset",
  title: "Discovered",
  description: "",
  severity: "info",
  risk_score: null,
  old_value: null,
  new_value: { value: 1 },
  metadata: {},
  created_at: created,
  ...changes,
});
