/**
 * Writes what is new of the frozen fixtures: `npx tsx tests/bundle/make-fixtures.ts`. What is
 * there stays as it is: a sentence that changed on purpose is taken out of sentences.json before.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BundleError, formatVersion, type BundleErrorCode } from "@/bundle";
import { readBytes } from "../support/bundle/open-bytes";
import { placeAndReason, type PlaceAndReason } from "../support/bundle/place-and-reason";
import { limitsOfCode, refusedBundles } from "../support/bundle/refused-bundles";
import { variedBundle } from "../support/bundle/varied-bundle";
import { bundleBytes } from "../support/bundle/write-bundle";

const fixtures = join(import.meta.dirname, "fixtures");
mkdirSync(join(fixtures, "refused"), { recursive: true });
for (const [code, cases] of Object.entries(refusedBundles)) {
  for (const [name, build] of Object.entries(cases)) writeNew(join("refused", `${code}.${name}.zip`), build());
}
const sentencesFile = join(fixtures, "refused", "sentences.json");
const frozen = existsSync(sentencesFile) ? (JSON.parse(readFileSync(sentencesFile, "utf8")) as Record<string, PlaceAndReason>) : {};
writeFileSync(sentencesFile, `${JSON.stringify({ ...(await sentences()), ...frozen }, null, 2)}\n`);
const current = await bundleBytes(variedBundle);
writeNew(`format-${formatVersion}.zip`, current);
writeNew(`format-${formatVersion}.json`, `${JSON.stringify(await readBytes(current), null, 2)}\n`);

async function sentences(): Promise<Record<string, PlaceAndReason>> {
  const found: [string, PlaceAndReason][] = [];
  for (const [code, cases] of Object.entries(refusedBundles)) {
    for (const name of Object.keys(cases)) {
      const fixture = `${code}.${name}.zip`;
      const limits = limitsOfCode[code as BundleErrorCode];
      const error: unknown = await readBytes(readFileSync(join(fixtures, "refused", fixture)), { limits }).catch((thrown: unknown) => thrown);
      if (!(error instanceof BundleError)) throw new Error(`${fixture} is not refused`, { cause: error });
      found.push([fixture, placeAndReason(error)]);
    }
  }
  return Object.fromEntries(found);
}

function writeNew(name: string, content: Buffer | string): void {
  if (!existsSync(join(fixtures, name))) writeFileSync(join(fixtures, name), content);
}
