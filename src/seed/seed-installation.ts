import type pg from "pg";
import type { Table } from "./copy";
import { createInventory, rowsOf, type Inventory } from "./inventory";
import type { SeedObject } from "./objects";
import { checkSeedOptions, SeedError, type SeedOptions } from "./options";
import { Source } from "./random";
import { secretPlaces, secretsOf } from "./secrets";
import { storedFile } from "./stored-files";
import { apiKeys, credentialSecrets, refreshTokens } from "./tables/credentials";
import { assetEdges } from "./tables/asset-edges";
import { assets } from "./tables/assets";
import { exposureChanges } from "./tables/exposure-changes";
import { files } from "./tables/files";
import { integrations, integrationSecrets } from "./tables/integrations";
import { organizationMembers } from "./tables/organization-members";
import { organizations } from "./tables/organizations";
import { reports } from "./tables/reports";
import { scanJobs } from "./tables/scan-jobs";
import { scans } from "./tables/scans";
import { scopes } from "./tables/scopes";
import { settings, settingSecrets } from "./tables/settings";
import { member, seededMember, users, userSecrets } from "./tables/users";
import { vulnerabilities } from "./tables/vulnerabilities";
import { addAll, type SeedContext, type SeedSummary } from "./transaction";

/**
 * Fills an installation with a made-up inventory that follows from the options alone: the same options give the same
 * rows and objects, byte for byte. Another seed adds another inventory beside it. All is added, or nothing.
 *
 * @throws SeedError `options_invalid`, or `already_seeded` where an inventory of this seed is there.
 * @throws StorageError where an object cannot be written.
 */
export async function seedInstallation(options: SeedOptions, context: SeedContext): Promise<SeedSummary> {
  const inventory = createInventory(checkSeedOptions(options));
  return await addAll(
    {
      refuse: (client) => refuseKnownSeed(client, inventory),
      tables: (client) => tablesOf(inventory, client),
      objects: () => objectsOf(inventory),
    },
    context,
  );
}

/** Every secret that a seed puts anywhere but into stored files, as text shows it; whatever the other options. */
export function plantedSecrets(seed: string | number): string[] {
  const source = new Source(String(seed));
  return [
    ...new Set([
      ...userSecrets(source),
      ...credentialSecrets(source),
      ...settingSecrets(source),
      ...integrationSecrets(source),
      ...secretPlaces.flatMap((place) => secretsOf(source, place)),
    ]),
  ];
}

/** Each table after those that its rows refer to. */
export async function* tablesOf(inventory: Inventory, client: pg.ClientBase): AsyncGenerator<Table> {
  const { source } = inventory;
  yield users(source);
  yield member();
  yield refreshTokens(source);
  yield apiKeys(source);
  yield settings(source);
  yield organizations(inventory);
  yield organizationMembers(inventory, await memberId(client));
  yield integrations(inventory);
  yield scopes(inventory);
  yield assets(inventory);
  yield assetEdges(inventory);
  yield scans(inventory);
  yield scanJobs(inventory);
  yield vulnerabilities(inventory);
  yield files(inventory);
  yield reports(inventory);
  yield exposureChanges(inventory);
}

/** Every inventory brings its users, so where one of them is, the rest is too. */
async function refuseKnownSeed(client: pg.ClientBase, { ids, options }: Inventory): Promise<void> {
  const found = await client.query("SELECT 1 FROM users WHERE id = $1", [ids.user(0)]);
  if (found.rowCount === 0) return;
  const seed = JSON.stringify(String(options.seed));
  throw new SeedError(
    "already_seeded",
    `This installation holds the inventory of seed ${seed} already. Nothing was added.`,
  );
}

/** Found, not assumed: the e-mail address may have been somebody's before. */
async function memberId(client: pg.ClientBase): Promise<string> {
  const found = await client.query<{ id: string }>("SELECT id FROM users WHERE email = $1", [seededMember.email]);
  const [row] = found.rows;
  if (row === undefined) throw new Error("the seeded member is missing");
  return row.id;
}

function* objectsOf(inventory: Inventory): Generator<SeedObject> {
  for (const { organization, index } of rowsOf(inventory, "files")) {
    const { objectKey, contentType, content } = storedFile(inventory, organization, index);
    yield { key: objectKey, contentType, content };
  }
}
