import {
  loadRealInventory,
  seededMember,
  SeedError,
  seedInstallation,
  type SeedContext,
  type SeedSummary,
} from "@/seed";
import { pool } from "@/server/db";
import { objectStore } from "@/server/object-store";
import { StorageError } from "@/storage";
import { notify, runProgram, UsageError } from "./run-program";
import { parseSeedArguments, type SeedArguments, seedUsage } from "./seed-arguments";
import { withInstallation } from "./with-installation";

const wanted = argumentsOrExit();

await runProgram((signal) =>
  withInstallation({ name: "npm run seed", signal }, async () => {
    const started = performance.now();
    const summary = await seed(wanted, { pool: pool(), objects: objectStore(), signal });
    report(summary, (performance.now() - started) / 1000);
  }),
);

function argumentsOrExit(): SeedArguments {
  try {
    const given = parseSeedArguments(process.argv.slice(2));
    if (given !== null) return given;
    process.stdout.write(`${seedUsage}\n`);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    notify(`${error.message}\n\n${seedUsage}`);
    process.exit(2);
  }
}

async function seed(given: SeedArguments, context: SeedContext): Promise<SeedSummary> {
  try {
    if (given.kind === "real") return await loadRealInventory(given, context);
    const { kind: _kind, ...options } = given;
    return await seedInstallation(options, context);
  } catch (error) {
    // Both are for people to read; a trace would hide what they say.
    if (error instanceof SeedError || error instanceof StorageError)
      throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function report({ rows, objects }: SeedSummary, seconds: number): void {
  const added = Object.entries(rows).map(([table, count]) => `  ${table}: ${count}`);
  process.stdout.write(`Added in ${seconds.toFixed(1)} s:\n${added.join("\n")}\n`);
  process.stdout.write(`  objects: ${objects.count} (${objects.bytes} bytes)\n`);
  if (wanted.kind === "real") return;
  process.stdout.write(
    `Sign in as a member, who is no admin: ${seededMember.email}, password "${seededMember.password}".\n`,
  );
}
