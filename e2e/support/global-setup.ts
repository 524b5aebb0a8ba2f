import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { buildOnce } from "../../tests/support/build";
import { freePort } from "../../tests/support/free-port";
import { startNginx } from "../../tests/support/nginx";
import { startPostgresServer } from "../../tests/support/postgres-server";
import { startProgram } from "../../tests/support/program";
import { startS3Server, whyNoS3Server } from "../../tests/support/s3-server";
import { admin } from "./people";
import { handOn, type Place } from "./environment";

type Undo = () => Promise<void>;

interface Surroundings {
  postgresUrl: string;
  /** Removed when the run ends, in whatever way. */
  directory: string;
  /** Null where objects are kept in a folder. */
  s3: { endpoint: string; accessKeyId: string; secretAccessKey: string } | null;
  undo: Undo[];
  trustedKeys: string[];
}

/** The source holds a made-up inventory; the target is empty, and stands behind nginx. */
export default async function setup(): Promise<Undo> {
  const undo: Undo[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    await buildOnce();
    const postgres = await startPostgresServer();
    undo.push(postgres.stop);
    const s3 = await startObjectStorage(undo);
    const surroundings: Surroundings = { postgresUrl: postgres.url, directory: postgres.directory, s3, undo, trustedKeys: [] };
    const [source, target] = await Promise.all([startSource(surroundings), startTarget(surroundings)]);
    handOn({ source, target, trustedKeys: surroundings.trustedKeys });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startObjectStorage(undo: Undo[]): Promise<Surroundings["s3"]> {
  const reason = whyNoS3Server();
  if (reason !== null) {
    if (process.env["CI"] === "true") throw new Error(`No S3 server, which CI must have: ${reason}.`);
    console.warn(`Both installations keep their objects in folders: ${reason}.`);
    return null;
  }
  const server = await startS3Server({ directory: path.join(tmpdir(), `system-backup-s3-${randomUUID()}`) });
  undo.push(server.stop);
  return server;
}

async function startSource(surroundings: Surroundings): Promise<Place> {
  const [application, port] = [await freePort(), await freePort()];
  const ways = { url: `http://127.0.0.1:${port}`, port, behind: application, application };
  return startInstallation("source", ways, surroundings);
}

async function startTarget(surroundings: Surroundings): Promise<Place> {
  const [application, http, https, port] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const nginx = await startNginx({ http, https, application });
  surroundings.undo.push(nginx.stop);
  surroundings.trustedKeys.push(nginx.publicKeyHash);
  return startInstallation("target", { url: `https://127.0.0.1:${port}`, port, behind: https, application }, surroundings);
}

async function startInstallation(
  name: "source" | "target",
  { url, port, behind, application }: { url: string; port: number; behind: number; application: number },
  surroundings: Surroundings,
): Promise<Place> {
  const { postgresUrl, directory, undo } = surroundings;
  const dataDirectory = path.join(directory, name);
  await mkdir(dataDirectory);
  const databaseUrl = await cloneDatabase(postgresUrl, `e2e_${name}`);
  const storage = storageOf(name, dataDirectory, surroundings);
  const environment = {
    PORT: String(application),
    HOST: "127.0.0.1",
    DATA_DIR: dataDirectory,
    DATABASE_URL: databaseUrl,
    NEXTAUTH_URL: url,
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
    ...variablesOf(storage),
  };
  const program = startProgram("start", [], environment);
  undo.push(async () => {
    const { stdout, stderr } = await program.end("SIGTERM");
    if (process.env["E2E_LOGS"] !== undefined) console.log(`--- ${name}\n${stdout}${stderr}`);
  });
  await program.says(/System Backup is up at/);
  const seeding = startProgram("seed", name === "source" ? [...inventory] : [...onlyPeople], environment);
  const seeded = await seeding.end();
  if (seeded.code !== 0) throw new Error(`Seeding the ${name} failed: ${seeded.stderr}`);
  return { url, port, behind, directUrl: `http://127.0.0.1:${application}`, databaseUrl, storage };
}

/** Enough for several pages of everything, and little enough to be moved in a second. */
const inventory = ["--organizations", "4", "--assets", "400", "--vulnerabilities", "200", "--files", "60"] as const;

/** The member's account, who signs in at the target, too. */
const onlyPeople = ["--organizations", "0", "--assets", "0", "--vulnerabilities", "0", "--files", "0", "--seed", "people"] as const;

function storageOf(name: string, dataDirectory: string, { s3 }: Surroundings): Place["storage"] {
  if (s3 === null) return { kind: "local", directory: path.join(dataDirectory, "objects") };
  const { endpoint, accessKeyId, secretAccessKey } = s3;
  return { kind: "s3", endpoint, bucket: `e2e-${name}`, accessKeyId, secretAccessKey };
}

function variablesOf(storage: Place["storage"]): Record<string, string> {
  if (storage.kind === "local") return {};
  return {
    S3_ENDPOINT: storage.endpoint,
    S3_REGION: "us-east-1",
    S3_BUCKET: storage.bucket,
    S3_ACCESS_KEY_ID: storage.accessKeyId,
    S3_SECRET_ACCESS_KEY: storage.secretAccessKey,
    S3_FORCE_PATH_STYLE: "true",
  };
}

/** @returns its URL */
async function cloneDatabase(template: string, name: string): Promise<string> {
  const url = new URL(template);
  const client = new pg.Client({ connectionString: Object.assign(new URL(template), { pathname: "/postgres" }).href });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${url.pathname.slice(1)}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}
