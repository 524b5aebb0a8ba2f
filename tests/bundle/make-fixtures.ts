/**
 * Writes what is new of the frozen fixtures: `npx tsx tests/bundle/make-fixtures.ts`. What is
 * there stays as it is.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatVersion } from "@/bundle";
import { readBytes } from "../support/bundle/open-bytes";
import { refusedBundles } from "../support/bundle/refused-bundles";
import { variedBundle } from "../support/bundle/varied-bundle";
import { bundleBytes } from "../support/bundle/write-bundle";

const fixtures = join(import.meta.dirname, "fixtures");
mkdirSync(join(fixtures, "refused"), { recursive: true });
for (const [code, cases] of Object.entries(refusedBundles)) {
  for (const [name, build] of Object.entries(cases)) writeNew(join("refused", `${code}.${name}.zip`), build());
}
const current = await bundleBytes(variedBundle);
writeNew(`format-${formatVersion}.zip`, current);
writeNew(`format-${formatVersion}.json`, `${JSON.stringify(await readBytes(current), null, 2)}\n`);

function writeNew(name: string, content: Buffer | string): void {
  if (!existsSync(join(fixtures, name))) writeFileSync(join(fixtures, name), content);
}
