import fc from "fast-check";

import type { Rows } from "./bundle-file";
import * as sample from "./sample-rows";

const { uuid } = sample;

/** Few ids and few keys, so that two worlds meet in all the ways in which they can. */
const organizationIds = [1, 2, 3];
const assetIds = [20, 21, 22, 23, 24];
const names = ["a", "b", "c", "d"];

/** What a bundle may refer to although nobody has it. */
const nowhere = uuid(404);

const choice = fc.nat({ max: 60 });

const organization = fc.record({ id: fc.constantFrom(...organizationIds), slug: fc.constantFrom("x", "y", "z"), version: fc.nat({ max: 1 }) });
const asset = fc.record({ id: fc.constantFrom(...assetIds), organization: choice, name: fc.constantFrom(...names), version: fc.nat({ max: 1 }) });
const edge = fc.record({ id: fc.integer({ min: 30, max: 33 }), from: choice, to: choice, version: fc.nat({ max: 1 }) });
const scan = fc.record({ id: fc.integer({ min: 40, max: 42 }), organization: choice, version: fc.nat({ max: 1 }) });
const vulnerability = fc.record({
  id: fc.integer({ min: 50, max: 53 }),
  asset: choice,
  name: fc.constantFrom("v", "w"),
  scan: fc.option(choice),
  version: fc.nat({ max: 1 }),
});
const file = fc.record({
  id: fc.integer({ min: 60, max: 62 }),
  organization: choice,
  key: fc.constantFrom("k1", "k2", "k3"),
  asset: fc.option(choice),
  version: fc.nat({ max: 1 }),
  withObject: fc.boolean(),
});
const change = fc.record({ id: fc.integer({ min: 80, max: 81 }), organization: choice, vulnerability: fc.option(choice), file: fc.option(choice) });

const drawn = fc.record({
  organizations: fc.array(organization, { minLength: 1, maxLength: 3 }),
  assets: fc.array(asset, { maxLength: 6 }),
  edges: fc.array(edge, { maxLength: 4 }),
  scans: fc.array(scan, { maxLength: 2 }),
  vulnerabilities: fc.array(vulnerability, { maxLength: 4 }),
  files: fc.array(file, { maxLength: 3 }),
  changes: fc.array(change, { maxLength: 2 }),
});

type Row = Record<string, unknown>;

export interface World {
  rows: Rows;
  /** File id → bytes, of the files that have their object. */
  objects: Record<string, Buffer>;
}

/** A small graph of rows that is whole in itself: keys are unique, references stay within an organization. */
export const world: fc.Arbitrary<World> = drawn.map((draft) => {
  const organizations = unique(
    draft.organizations.map(({ id, slug, version }) => sample.organizationRow(id, { slug, description: `version ${version}` })),
    ["slug"],
  );
  const pick = <Item>(items: readonly Item[], number: number | null): Item | undefined =>
    number === null ? undefined : items[number % Math.max(items.length, 1)];
  const within = (rows: readonly Row[], organizationId: unknown) => rows.filter((row) => row["organization_id"] === organizationId);
  const inOrganization = (number: number) => String(pick(organizations, number)?.["id"]);

  const assets = unique(
    draft.assets.map(({ id, organization: place, name, version }) =>
      sample.assetRow(id, 0, { organization_id: inOrganization(place), normalized_value: name, metadata: { version } }),
    ),
    ["organization_id", "normalized_value"],
  );
  const edges = unique(
    draft.edges.flatMap(({ id, from, to, version }) => {
      const source = pick(assets, from);
      const target = pick(within(assets, source?.["organization_id"]), to);
      if (source === undefined || target === undefined) return [];
      const ends = { organization_id: source["organization_id"], from_asset_id: source["id"], to_asset_id: target["id"] };
      return [sample.edgeRow(id, 0, 0, 0, { ...ends, metadata: { version } })];
    }),
    ["from_asset_id", "to_asset_id"],
  );
  const scans = unique(
    draft.scans.map(({ id, organization: place, version }) =>
      sample.scanRow(id, 0, { organization_id: inOrganization(place), summary: { version } }),
    ),
  );
  const vulnerabilities = unique(
    draft.vulnerabilities.flatMap(({ id, asset: place, name, scan: history, version }) => {
      const parent = pick(assets, place);
      if (parent === undefined) return [];
      const scanned = pick(within(scans, parent["organization_id"]), history);
      return [
        sample.vulnerabilityRow(id, 0, 0, {
          organization_id: parent["organization_id"],
          asset_id: parent["id"],
          external_id: name,
          scan_id: scanned?.["id"] ?? (history === null ? null : nowhere),
          metadata: { version },
        }),
      ];
    }),
    ["asset_id", "external_id"],
  );
  const contents = new Map<Row, Buffer>();
  const files = unique(
    draft.files.map(({ id, organization: place, key, asset: about, version, withObject }) => {
      const organizationId = inOrganization(place);
      const subject = pick(within(assets, organizationId), about);
      const content = contentOf(version);
      const row = sample.fileRow(id, 0, content, {
        organization_id: organizationId,
        object_key: key,
        asset_id: subject?.["id"] ?? null,
      });
      if (withObject) contents.set(row, content);
      return row;
    }),
    ["object_key"],
  );
  const changes = unique(
    draft.changes.map(({ id, organization: place, vulnerability: found }) => {
      const organizationId = inOrganization(place);
      const subject = pick(within(vulnerabilities, organizationId), found);
      return sample.changeRow(id, 0, { organization_id: organizationId, vulnerability_id: subject?.["id"] ?? null });
    }),
  );
  const objects = Object.fromEntries(
    files.flatMap((row) => {
      const content = contents.get(row);
      return content === undefined ? [] : [[String(row["id"]), content]];
    }),
  );
  const rows = { organizations, assets, asset_edges: edges, scans, vulnerabilities, files, exposure_changes: changes };
  return { rows, objects };
});

/** Something that no bundle of these worlds may touch, though its keys are theirs. */
export function foreignRows(): Rows {
  return {
    organizations: [sample.organizationRow(9, { slug: "foreign" })],
    assets: names.map((name, index) => sample.assetRow(90 + index, 9, { normalized_value: name })),
    vulnerabilities: [sample.vulnerabilityRow(95, 9, 90, { external_id: "v" })],
    scans: [sample.scanRow(99, 9)],
  };
}

/** The same world as it can stand in a database. */
export function installed({ rows }: World): Rows {
  const vulnerabilities = (rows["vulnerabilities"] ?? []).map((row) => (row["scan_id"] === nowhere ? { ...row, scan_id: null } : row));
  return { ...rows, vulnerabilities };
}

function contentOf(version: number): Buffer {
  return Buffer.from(`content ${version}`);
}

/** The first of all rows that share an id or a key. */
function unique(rows: readonly Row[], key: readonly string[] = ["id"]): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const marks = [`id ${String(row["id"])}`, `key ${JSON.stringify(key.map((column) => row[column]))}`];
    if (marks.some((mark) => seen.has(mark))) return false;
    for (const mark of marks) seen.add(mark);
    return true;
  });
}
