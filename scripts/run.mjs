// What `npm start`, `npm run demo`, `npm run seed` and `npm run api-key` call: prepares what the program needs and
// then runs it in this very process, which therefore gets the signals.
import { pathToFileURL } from "node:url";
import path from "node:path";
import { ensureBuild, ensureGenerated, ensurePackages, requireNode, root } from "./support/prepare.mjs";
import { notice, StepError } from "./support/run.mjs";

const programs = {
  start: { needsBuild: true },
  demo: { needsBuild: true },
  seed: { needsBuild: false },
  "api-key": { needsBuild: false },
};

const [name, ...parameters] = process.argv.slice(2);

try {
  if (!Object.hasOwn(programs, name ?? "")) throw new StepError(`Programs: ${Object.keys(programs).join(", ")}.`);
  requireNode();
  process.chdir(root);
  await ensurePackages();
  await ensureGenerated();
  if (programs[name].needsBuild) await ensureBuild();
} catch (error) {
  notice(error instanceof StepError ? error.message : error.stack);
  process.exit(1);
}

process.env.NODE_ENV ||= "production";
process.env.NEXT_TELEMETRY_DISABLED ||= "1";
const program = path.join(root, "src", "cli", `${name}.ts`);
process.argv = [process.argv[0], program, ...parameters];
// Its loader runs TypeScript and knows tsconfig's paths.
await import("tsx");
await import(pathToFileURL(program).href);
