/** Writes fixtures/refused anew: `npx tsx tests/bundle/make-fixtures.ts`. Only for codes and cases that are new. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refusedBundles } from "../support/bundle/refused-bundles";

const folder = join(import.meta.dirname, "fixtures", "refused");
mkdirSync(folder, { recursive: true });
for (const [code, cases] of Object.entries(refusedBundles)) {
  for (const [name, build] of Object.entries(cases)) {
    const path = join(folder, `${code}.${name}.zip`);
    // What is there is frozen.
    if (!existsSync(path)) writeFileSync(path, build());
  }
}
