import type pg from "pg";
import { SeedError } from "../options";
import { Source } from "../random";
import { addAll, type SeedContext, type SeedSummary } from "../transaction";
import { readPrograms, type Program } from "./programs";
import { realObjects, realTables, type RealInventory } from "./real-tables";
import { readVulnerabilityCatalog } from "./vulnerability-catalog";

export interface RealInventoryOptions {
  /** docs/real-inventory.md describes both files. */
  readonly programsFile: string;
  readonly vulnerabilityCatalogFile?: string | undefined;
  /** Decides the rows' ids and on which domains the vulnerabilities stand. */
  readonly seed: string | number;
}

/**
 * Loads a list of programmes, one organization and one object for each, and puts each vulnerability of a catalogue on
 * one of their domains. All is added, or nothing.
 *
 * @throws SeedError `file_unreadable`, `file_invalid`, or `already_seeded` where one of the organizations is there.
 * @throws StorageError where an object cannot be written.
 */
export async function loadRealInventory(options: RealInventoryOptions, context: SeedContext): Promise<SeedSummary> {
  const inventory = await readInventory(options);
  return await addAll(
    {
      refuse: (client) => refuseKnownOrganizations(client, inventory.programs),
      tables: () => realTables(inventory),
      objects: () => realObjects(inventory),
    },
    context,
  );
}

async function readInventory(options: RealInventoryOptions): Promise<RealInventory> {
  const { programsFile, vulnerabilityCatalogFile, seed } = options;
  const programs = await readPrograms(programsFile);
  const catalog =
    vulnerabilityCatalogFile === undefined ? [] : await readVulnerabilityCatalog(vulnerabilityCatalogFile);
  const domains = programs.flatMap((program, index) => program.domains.map((domain) => ({ program: index, domain })));
  if (domains.length === 0 && catalog.length > 0) {
    throw new SeedError("file_invalid", `${programsFile}: lists no domain that a vulnerability could stand on.`);
  }
  return { source: new Source(String(seed)), programs, catalog, domains };
}

async function refuseKnownOrganizations(client: pg.ClientBase, programs: readonly Program[]): Promise<void> {
  const { rows } = await client.query<{ slug: string }>(
    "SELECT slug FROM organizations WHERE slug = ANY($1) ORDER BY slug LIMIT 1",
    [programs.map(({ slug }) => slug)],
  );
  const [known] = rows;
  if (known === undefined) return;
  throw new SeedError(
    "already_seeded",
    `This installation has the organization "${known.slug}" already. Nothing was added.`,
  );
}
