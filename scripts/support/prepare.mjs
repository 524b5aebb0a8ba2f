// What a fresh clone lacks, and what has become stale: packages, Prisma's client, the threads' programs, Next's build.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runStep, StepError } from "./run.mjs";
import { hashOf, isStamped, stamp } from "./stamp.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const at = (...names) => path.join(root, ...names);
const executable = (name) => at("node_modules", ".bin", name);

export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepError(`Node 20.19 or newer is needed; this is ${process.versions.node}.`);
}

export async function ensurePackages() {
  const file = at("node_modules", ".system-backup-stamp");
  const hash = hashOf(root, ["package-lock.json"], [process.platform, process.arch]);
  if (isStamped(file, hash)) return;
  if (!isInstalled()) {
    // What npm itself was started as; without npm around this, the one on the path.
    const npm = process.env.npm_execpath?.endsWith("npm-cli.js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
    // --include: NODE_ENV=production or npm's own settings may leave out what tests need.
    const parameters = [...npm.slice(1), "ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
    await runStep("Installing packages …", npm[0], parameters, { cwd: root });
  }
  stamp(file, hash);
}

/** Whether node_modules, which somebody may have filled by hand, is what the lock file says. */
function isInstalled() {
  let installed;
  try {
    installed = JSON.parse(readFileSync(at("node_modules", ".package-lock.json"), "utf8")).packages;
  } catch {
    return false;
  }
  const { packages } = JSON.parse(readFileSync(at("package-lock.json"), "utf8"));
  return Object.entries(packages).every(
    ([name, { version, optional }]) =>
      name === "" || installed[name]?.version === version || (optional === true && installed[name] === undefined),
  );
}

/** What the sources import and is made, not written. */
export async function ensureGenerated() {
  await ensureClient();
  await ensureThread("rows", "src/backup/rows/row-worker.ts", "row-worker", ["src/backup", "src/bundle", "src/memory", "src/threads", "prisma/schema.prisma"]);
  await ensureThread("packing", "src/bundle/pack-worker.ts", "pack-worker", ["src/bundle", "src/memory", "src/threads"]);
  await ensureThread("verifying", "src/bundle/verify/verify-worker.ts", "verify-worker", ["src/bundle", "src/memory", "src/threads"]);
  await ensureThread("objects", "src/storage/local-worker.ts", "local-worker", ["src/storage"]);
  await ensureThread("objects on S3", "src/storage/s3-worker.ts", "s3-worker", ["src/storage", "package-lock.json"]);
}

async function ensureClient() {
  const file = at("src", "generated", ".stamp");
  const hash = hashOf(root, ["prisma/schema.prisma"], [versionOf("prisma")]);
  if (isStamped(file, hash)) return;
  const env = {
    ...process.env,
    // Generating needs no engine, but the CLI would download one unless this names a file that exists.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: "1",
  };
  await runStep("Generating the database client …", executable("prisma"), ["generate"], { cwd: root, env });
  stamp(file, hash);
}

/** Threads cannot load TypeScript: what one runs is made into one file. */
async function ensureThread(what, source, name, sources) {
  const file = at("src", "generated", `.${name}-stamp`);
  const parameters = [source, "--bundle", "--platform=node", "--format=esm", "--target=node20", "--main-fields=module,main", `--outfile=src/generated/${name}.mjs`];
  const hash = hashOf(root, [...sources, "tsconfig.json"], [versionOf("esbuild"), ...parameters]);
  if (isStamped(file, hash)) return;
  await runStep(`Building the thread for ${what} …`, executable("esbuild"), parameters, { cwd: root });
  stamp(file, hash);
}

export async function ensureBuild() {
  const file = at(".next", "system-backup-stamp");
  const sources = ["src", "public", "next.config.js", "postcss.config.mjs", "tsconfig.json", "package-lock.json"];
  const hash = hashOf(root, sources, [process.version]);
  if (isStamped(file, hash)) return;
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  await runStep("Building …", executable("next"), ["build"], { cwd: root, env });
  stamp(file, hash);
}

function versionOf(name) {
  return JSON.parse(readFileSync(at("node_modules", name, "package.json"), "utf8")).version;
}
