// `npm run generate` and `npm run build`: the same preparation by itself.
import { ensureBuild, ensureGenerated, ensurePackages, requireNode } from "./support/prepare.mjs";
import { notice, StepError } from "./support/run.mjs";

try {
  requireNode();
  await ensurePackages();
  await ensureGenerated();
  if (process.argv[2] === "build") await ensureBuild();
} catch (error) {
  notice(error instanceof StepError ? error.message : error.stack);
  process.exit(1);
}
