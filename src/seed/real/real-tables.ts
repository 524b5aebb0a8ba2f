import { domainToASCII } from "node:url";
import { Prisma } from "@/generated/prisma/browser";
import { defineTable, textArray, type Table } from "../copy";
import type { FileContent } from "../file-contents";
import type { SeedObject } from "../objects";
import type { Source } from "../random";
import { sha256Of } from "../stored-files";
import { unmatchedPasswordHash } from "../tables/users";
import { encodeJson } from "../text/json";
import { before, secondsPerDay } from "../text/timestamps";
import type { Program } from "./programs";
import { linksIn, type CatalogEntry } from "./vulnerability-catalog";

export interface RealInventory {
  readonly source: Source;
  readonly programs: readonly Program[];
  readonly catalog: readonly CatalogEntry[];
  /** Every domain of every programme, in the file's order. */
  readonly domains: readonly { readonly program: number; readonly domain: string }[];
}

const plugin = "program-list";

/** Each after the tables that its rows refer to. */
export function realTables(inventory: RealInventory): Table[] {
  return [loader, organizations, scopes, assets, vulnerabilities, files].map((table) => table(inventory));
}

/** A deactivated user whose password nobody knows: who created the rows. */
function loader({ source }: RealInventory): Table {
  return defineTable("users", Prisma.UsersScalarFieldEnum, () => [
    {
      id: loaderId(source),
      email: `program-list.${source.tag}@example.com`,
      display_name: "Program list",
      password_hash: unmatchedPasswordHash(source, 0),
      role: "member",
      is_active: "false",
      created_at: before(secondsPerDay, 0),
      last_login_at: null,
    },
  ]);
}

function organizations({ source, programs }: RealInventory): Table {
  return defineTable("organizations", Prisma.OrganizationsScalarFieldEnum, function* () {
    for (const [index, { name, slug, url, bounty, swag }] of programs.entries()) {
      yield {
        id: organizationId(source, index),
        name,
        slug,
        description: "",
        settings: encodeJson({ program: { url, bounty, swag } }),
        created_by: loaderId(source),
        ...moments(index, "created_at", "updated_at"),
      };
    }
  });
}

function scopes({ source, domains }: RealInventory): Table {
  return defineTable("scopes", Prisma.ScopesScalarFieldEnum, function* () {
    for (const [index, { program, domain }] of domains.entries()) {
      yield {
        id: source.uuid("real/scopes", index),
        organization_id: organizationId(source, program),
        type: "domain",
        value: domain,
        description: "",
        status: "approved",
        created_by: loaderId(source),
        approved_by: loaderId(source),
        ...moments(index, "approved_at", "created_at", "updated_at"),
      };
    }
  });
}

function assets({ source, domains }: RealInventory): Table {
  return defineTable("assets", Prisma.AssetsScalarFieldEnum, function* () {
    for (const [index, { program, domain }] of domains.entries()) {
      yield {
        id: assetId(source, index),
        organization_id: organizationId(source, program),
        type: "domain",
        value: domain,
        normalized_value: domainToASCII(domain),
        status: "active",
        confidence: 1,
        risk_score: 0,
        source_plugin: plugin,
        metadata: encodeJson({ top_level: domain.split(".").at(-1) ?? null }),
        tags: textArray(["in-scope"]),
        created_by: loaderId(source),
        ...moments(index, "first_seen_at", "last_seen_at", "created_at", "updated_at"),
      };
    }
  });
}

function vulnerabilities({ source, domains, catalog }: RealInventory): Table {
  return defineTable("vulnerabilities", Prisma.VulnerabilitiesScalarFieldEnum, function* () {
    for (const [index, entry] of catalog.entries()) {
      const asset = source.random("real/vulnerabilities", index).integer(domains.length);
      const { program, domain } = domains[asset] ?? { program: 0, domain: "" };
      const added = `${entry.dateAdded} 00:00:00.${String(index).padStart(6, "0")}+00`;
      yield {
        id: source.uuid("real/vulnerabilities", index),
        organization_id: organizationId(source, program),
        asset_id: assetId(source, asset),
        scan_id: null,
        external_id: entry.cveID,
        title: entry.vulnerabilityName,
        description: entry.shortDescription,
        remediation: entry.requiredAction,
        severity: entry.knownRansomwareCampaignUse === "Known" ? "critical" : "high",
        status: "open",
        cvss_score: null,
        risk_score: null,
        cve_ids: textArray([entry.cveID]),
        references: textArray(linksIn(entry)),
        matched_url: `https://${domain}/`,
        evidence: encodeJson({ observed: false, note: "Placed on this asset by a draw; nothing was tested." }),
        metadata: encodeJson({
          vendor: entry.vendorProject,
          product: entry.product,
          cwes: entry.cwes,
          due_date: entry.dueDate,
          ransomware: entry.knownRansomwareCampaignUse,
          notes: entry.notes,
        }),
        assigned_to: null,
        resolved_by: null,
        resolved_at: null,
        first_seen_at: added,
        last_seen_at: added,
        ...moments(index, "created_at", "updated_at"),
      };
    }
  });
}

function files(inventory: RealInventory): Table {
  const { source } = inventory;
  return defineTable("files", Prisma.FilesScalarFieldEnum, function* () {
    for (const [index, program] of inventory.programs.entries()) {
      const content = programDocument(program);
      yield {
        id: source.uuid("real/files", index),
        organization_id: organizationId(source, index),
        scan_id: null,
        scan_job_id: null,
        asset_id: null,
        vulnerability_id: null,
        file_type: "artifact",
        source_plugin: plugin,
        original_name: "program.json",
        bucket: "",
        object_key: objectKey(source, index),
        content_type: "application/json",
        size_bytes: content.size,
        sha256: sha256Of(content),
        metadata: encodeJson({ domains: program.domains.length }),
        created_by: loaderId(source),
        ...moments(index, "created_at"),
      };
    }
  });
}

/** One for each organization: its programme as the list has it. */
export function* realObjects({ source, programs }: RealInventory): Generator<SeedObject> {
  for (const [index, program] of programs.entries()) {
    yield { key: objectKey(source, index), contentType: "application/json", content: programDocument(program) };
  }
}

function programDocument({ slug: _slug, ...program }: Program): FileContent {
  const bytes = Buffer.from(`${JSON.stringify(program, null, 2)}\n`);
  return { size: bytes.length, chunks: () => [bytes] };
}

function loaderId(source: Source): string {
  return source.uuid("real/users", 0);
}

function organizationId(source: Source, index: number): string {
  return source.uuid("real/organizations", index);
}

function assetId(source: Source, index: number): string {
  return source.uuid("real/assets", index);
}

function objectKey(source: Source, index: number): string {
  const folder = `organizations/${organizationId(source, index)}/files/artifact`;
  return `${folder}/${source.uuid("real/objects", index)}-program.json`;
}

/** A moment for each column, one microsecond after the other from row to row. */
function moments<Column extends string>(index: number, ...columns: readonly Column[]): Record<Column, string>;
function moments(index: number, ...columns: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    columns.map((column, position) => [column, before(columns.length - position, index % 1_000_000)]),
  );
}
