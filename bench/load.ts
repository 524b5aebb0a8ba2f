import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";

import { askDuring, type Answers } from "./support/clients";
import { writeHostileBundles } from "./support/hostile-bundles";
import { emptyDatabase } from "./support/postgres";
import { serve } from "./support/served";
import { shell } from "./support/shell";
import { createSource, createWorld } from "./support/world";

/** `npm run bench:load`: whether the application goes on answering while it imports a gigabyte, and what hostile archives cost it. Exits with 1 where an aim is missed. */
const { values } = parseArgs({ options: { folder: { type: "string" }, scale: { type: "string", default: "1" } } });

/** A bundle of about 1 GiB: much of both kinds. */
const gigabyte = { assets: 250_000, vulnerabilities: 250_000, edges: 100_000, files: 4_000, fileBytes: 935_000_000 };
if (values.scale !== "1") console.log(`The aims are those of a bundle of 1 GiB; this one is ${values.scale} times as large.`);
const clients = 50;
const idleMilliseconds = 20_000;

/** While it imports: against idle, in milliseconds, and in MiB above idle; the last one for any refused archive. */
const aims = { p95Ratio: 2, longestMilliseconds: 250, p99Milliseconds: 50, importMebibytes: 350, refusedMebibytes: 150 };

const reportSchema = z.object({
  longestMilliseconds: z.number(),
  p99Milliseconds: z.number(),
  peakBytes: z.number(),
  residentBytes: z.number(),
});
type PhaseReport = z.infer<typeof reportSchema>;

const mebibyte = 1024 * 1024;
const folder = path.resolve(values.folder ?? path.join(tmpdir(), `system-backup-load-${process.pid}`));
const phases = path.join(folder, "phases");
// What an earlier run in this folder said of its phases would be taken for this one's.
await rm(phases, { recursive: true, force: true });
await mkdir(phases, { recursive: true });
await writeFile(path.join(phases, "phase"), "start");

const world = await createWorld(folder, 0.01);
const bundle = await createSource(world.server, folder, `gigabyte_${values.scale.replace(".", "_")}`, Number(values.scale), gigabyte);
const { databaseUrl } = await world.freshTarget("load_target");
const dump = path.join(folder, "rows.dump");
await shell(`${world.server.programs}/pg_dump -Fc --data-only -T schema_migrations -T _prisma_migrations -f "$DUMP" "$DATABASE"`, {
  DATABASE: bundle.databaseUrl,
  DUMP: dump,
});
await world.server.createDatabase("load_tools", emptyDatabase);
const reporter = pathToFileURL(fileURLToPath(new URL("./support/phase-reporter.mjs", import.meta.url))).href;
const served = await serve(databaseUrl, path.join(folder, "data"), null, { BENCH_PHASES: phases, NODE_OPTIONS: `--import ${reporter}` });
try {
  await measure(served.url, served.headers);
} finally {
  await served.end();
  await world.stop();
  if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
}

async function measure(url: string, headers: Record<string, string>): Promise<void> {
  const addresses = [`${url}/api/health`, `${url}/api/v1/admin/backup/runs`, `${url}/sign-in`];
  // Whatever is loaded and compiled at a first request is loaded and compiled.
  await askDuring(clients, addresses, headers, () => sleep(5_000));
  const idle = await inPhase("idle", () => askDuring(clients, addresses, headers, () => sleep(idleMilliseconds)));
  // What others' work on this machine costs by itself: the application does nothing but answer.
  const tools = await inPhase("pg_restore", () => askDuring(clients, addresses, headers, restoreSameRows));
  // Before the others, of which some memory stays with the process for a while.
  for (const file of await writeHostileBundles(path.join(folder, "hostile"))) {
    const name = path.basename(file, ".zip");
    const { report } = await inPhase(name, () => send(`${url}/api/v1/admin/backup/import/preview`, headers, file, 422));
    console.log(`refused ${name}: ${growth(report, idle.report).toFixed(0)} MiB above idle, event loop ${report.longestMilliseconds.toFixed(0)} ms late at most`);
    hold(`refused ${name}, MiB above idle`, growth(report, idle.report), aims.refusedMebibytes);
    hold(`refused ${name}, event loop late`, report.longestMilliseconds, aims.longestMilliseconds);
  }
  const preview = await inPhase("preview", () => askDuring(clients, addresses, headers, () => send(`${url}/api/v1/admin/backup/import/preview`, headers, bundle.bundle, 200)));
  const importing = await inPhase("import", () => askDuring(clients, addresses, headers, () => send(`${url}/api/v1/admin/backup/import`, headers, bundle.bundle, 200)));
  const exporting = await inPhase("export", () => askDuring(clients, addresses, headers, () => receive(`${url}/api/v1/admin/backup/export`, headers)));
  const idleAgain = await inPhase("idle again", () => askDuring(clients, addresses, headers, () => sleep(idleMilliseconds)));
  console.log(`A bundle of ${((await stat(bundle.bundle)).size / mebibyte).toFixed(0)} MiB; ${clients} clients at one request a second`);
  for (const [name, { result, report }] of Object.entries({ idle, "idle while pg_restore loads the same rows": tools, preview, import: importing, export: exporting, "idle again": idleAgain })) console.log(lineOf(name, result, report, idle.report));
  // What else the machine does changes by the minute, and an import leaves PostgreSQL some to do: idle is the better of before and after.
  const idleP95 = Math.min(idle.result.p95Milliseconds, idleAgain.result.p95Milliseconds);
  hold("import, p95 against idle", importing.result.p95Milliseconds / idleP95, aims.p95Ratio);
  hold("import, event loop late at most", importing.report.longestMilliseconds, aims.longestMilliseconds);
  hold("import, event loop p99", importing.report.p99Milliseconds, aims.p99Milliseconds);
  hold("import, MiB above idle", growth(importing.report, idle.report), aims.importMebibytes);
  for (const [name, { result }] of Object.entries({ idle, preview, import: importing, export: exporting, "idle again": idleAgain })) hold(`${name}, errors`, result.errors, 0);
}

function hold(what: string, measured: number, aim: number): void {
  if (measured <= aim) return;
  console.log(`MISSED: ${what}: ${measured.toFixed(1)}, aim ${aim}`);
  process.exitCode = 1;
}

async function restoreSameRows(): Promise<void> {
  await shell(`${world.server.programs}/pg_restore --data-only --single-transaction --exit-on-error -d "$DATABASE" "$DUMP"`, {
    DATABASE: world.server.url("load_tools"),
    DUMP: dump,
  });
}

function lineOf(name: string, { requests, errors, p95Milliseconds, longestMilliseconds }: Answers, report: PhaseReport, idle: PhaseReport): string {
  return (
    `${name}: ${requests} requests, ${errors} errors, p95 ${p95Milliseconds.toFixed(0)} ms, longest ${longestMilliseconds.toFixed(0)} ms; ` +
    `event loop ${report.longestMilliseconds.toFixed(0)} ms late at most, p99 ${report.p99Milliseconds.toFixed(0)} ms; ${growth(report, idle).toFixed(0)} MiB above idle`
  );
}

function growth(report: PhaseReport, idle: PhaseReport): number {
  return (report.peakBytes - idle.residentBytes) / mebibyte;
}

async function inPhase<Result>(name: string, work: () => Promise<Result>): Promise<{ result: Result; report: PhaseReport }> {
  await enter(name);
  const result = await work();
  await enter(`after ${name}`);
  return { result, report: reportSchema.parse(JSON.parse(await readFile(path.join(phases, `${name}.json`), "utf8"))) };
}

/** Returns when the application has heard of it. */
async function enter(name: string): Promise<void> {
  const before = await readFile(path.join(phases, "phase"), "utf8");
  // In one step: a file that is just being written reads as empty.
  await writeFile(path.join(folder, "next phase"), name);
  await rename(path.join(folder, "next phase"), path.join(phases, "phase"));
  while (!(await readdir(phases)).includes(`${before}.json`)) await sleep(20);
  await sleep(20);
}

/** By a process of its own, so that the clients' times are not those of the sender. */
async function send(address: string, headers: Record<string, string>, file: string, expected: number): Promise<void> {
  const answer = await shell('curl -sS -w "%{http_code}" -H "Authorization: $AUTHORIZATION" -F "file=@$FILE" "$ADDRESS"', {
    AUTHORIZATION: headers["authorization"] ?? "",
    FILE: file,
    ADDRESS: address,
  });
  if (!answer.endsWith(String(expected))) throw new Error(`${address} answered ${answer.slice(0, 500)} … ${answer.slice(-3)}`);
}

async function receive(address: string, headers: Record<string, string>): Promise<void> {
  await shell('curl -sS --fail -X POST -H "Authorization: $AUTHORIZATION" -o /dev/null "$ADDRESS"', {
    AUTHORIZATION: headers["authorization"] ?? "",
    ADDRESS: address,
  });
}
