// `npm run faults`: every fault at every point, on the running application; then the table in docs/reliability.md.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { faultsTable, replaceTable } from "./support/faults-table.mjs";
import { ensureBuild, ensureGenerated, ensurePackages, requireNode, root } from "./support/prepare.mjs";
import { notice } from "./support/run.mjs";
import { ensureSystemPackages, howToInstall } from "./support/system-packages.mjs";

const record = path.join(root, ".test", "faults.jsonl");
const page = path.join(root, "docs", "reliability.md");

process.chdir(root);
requireNode();
await ensurePackages();
await ensureGenerated();
const missing = await ensureSystemPackages();
if (missing.length > 0) notice(`Faults that need programs which are missing here are skipped. To have them: ${howToInstall(missing)}`);
await ensureBuild();

mkdirSync(path.dirname(record), { recursive: true });
rmSync(record, { force: true });
const begun = Date.now();
const code = await runTests(process.argv.slice(2));
const attempts = existsSync(record) ? readFileSync(record, "utf8").trim().split("\n").map((line) => JSON.parse(line)) : [];
const minutes = Math.round((Date.now() - begun) / 60_000);
const memory = Math.round(os.totalmem() / 1024 ** 3);
const where = `${os.availableParallelism()} cores, ${memory} GiB of memory, Node ${process.versions.node}, ${os.type()}`;
// Some of the faults only, as when one is looked into, leave the page as it is.
if (process.argv.length === 2) {
  const table = `${attempts.length} attempts in ${minutes} minutes on a machine of ${where}.\n\n${faultsTable(attempts)}`;
  writeFileSync(page, replaceTable(readFileSync(page, "utf8"), table));
  notice(`The table in ${path.relative(root, page)} is of this run.`);
} else {
  console.log(faultsTable(attempts));
}
process.exit(code);

/** Three files at once: much of the time is spent waiting for servers that start and for retries. */
function runTests(parameters) {
  const names = parameters.length === 0 ? ["tests/faults/"] : parameters;
  const env = { ...process.env, NODE_ENV: "test", FAULTS: "whole", FAULTS_RECORD: record };
  const vitest = path.join(root, "node_modules", ".bin", "vitest");
  return new Promise((resolve, reject) => {
    const child = spawn(vitest, ["run", "--project", "integration", "--maxWorkers=3", ...names], { stdio: ["ignore", 1, 2], env });
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.on("error", reject);
    child.on("close", (exitCode) => resolve(exitCode ?? 1));
  });
}
