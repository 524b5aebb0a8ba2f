// `npm test` and `npm run e2e`: install what is missing, then run every check in turn. The last line counts them.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureBuild, ensureGenerated, ensurePackages, requireNode, root } from "./support/prepare.mjs";
import { notice, StepError } from "./support/run.mjs";
import { ensureSystemPackages, howToInstall } from "./support/system-packages.mjs";

const reports = path.join(root, ".test");
const inContinuousIntegration = ["true", "1"].includes(process.env.CI ?? "");

const total = { passed: 0, failed: 0, skipped: 0 };
let current;
let interrupted = false;

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    interrupted = true;
    current?.kill(signal);
  });
}

try {
  process.chdir(root);
  const missing = await prepare();
  await build();
  mkdirSync(reports, { recursive: true });
  if (process.argv[2] === "browser") {
    await browserSuite(missing);
  } else {
    await check("types", "tsc", ["--noEmit", "-p", "."]);
    await check("lint", "eslint", ["--max-warnings", "0", "."]);
    await check("import rules", "depcruise", ["src", "tests", "e2e", "bench", "--config", ".dependency-cruiser.cjs"]);
    await suite("unit");
    await suite("integration");
    await browserSuite(missing);
  }
} catch (error) {
  notice(error instanceof StepError ? error.message : error.stack);
  total.failed += 1;
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);

async function prepare() {
  requireNode();
  await ensurePackages();
  await ensureGenerated();
  const missing = await ensureSystemPackages();
  if (missing.length > 0) {
    const how = `To have them: ${howToInstall(missing)} (as root, on Debian or Ubuntu).`;
    if (inContinuousIntegration) throw new StepError(`Tests need programs that are missing, and CI skips none. ${how}`);
    notice(`Tests that need programs which are missing here are skipped. ${how}`);
  }
  return missing;
}

/** Without a build the tests that start the application fail; the others still have something to say. */
async function build() {
  try {
    await ensureBuild();
  } catch (error) {
    if (!(error instanceof StepError) || interrupted) throw error;
    total.failed += 1;
    console.log("build: failed");
  }
}

/** A static check: passes or fails as one. */
async function check(name, program, parameters) {
  const { code, seconds } = await runProgram(program, parameters);
  if (code === 0) total.passed += 1;
  else total.failed += 1;
  console.log(`${name}: ${code === 0 ? "passed" : "failed"} in ${seconds} s`);
}

async function suite(project) {
  const file = path.join(reports, `${project}.json`);
  rmSync(file, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code, seconds } = await runProgram("vitest", ["run", "--project", project, ...reporters]);
  const counted = count(file, code);
  for (const [outcome, number] of Object.entries(counted)) total[outcome] += number;
  const { passed, failed, skipped } = counted;
  console.log(`${project}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
}

function count(file, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  // A file that could not be loaded, or whose hook failed, has no failed test to show for it.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    // An error outside of every test, such as a rejection that nobody handled.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Two installations in Chromium, one of them behind nginx. */
async function browserSuite(missing) {
  const needed = ["chromium", "nginx-light"].filter((name) => missing.includes(name));
  if (needed.length > 0) {
    console.log(`browser: skipped without ${needed.join(" and ")}`);
    return;
  }
  const file = path.join(reports, "browser.json");
  rmSync(file, { force: true });
  const { code, seconds } = await runProgram("playwright", ["test", "--reporter=list,json"], { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  const { passed, failed, skipped } = countBrowserTests(file, code);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  console.log(`browser: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
}

function countBrowserTests(file, code) {
  let stats;
  try {
    stats = JSON.parse(readFileSync(file, "utf8")).stats;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const failed = stats.unexpected + stats.flaky;
  // Installations that did not start or stop are no test.
  return { passed: stats.expected, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: stats.skipped };
}

function runProgram(name, parameters, variables = {}) {
  if (interrupted) throw new StepError("Interrupted.");
  const begun = Date.now();
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_ENV: "test", ...variables };
    current = spawn(path.join(root, "node_modules", ".bin", name), parameters, { stdio: ["ignore", 1, 2], env });
    current.on("error", reject);
    current.on("close", (code) => resolve({ code, seconds: ((Date.now() - begun) / 1000).toFixed(1) }));
  });
}
