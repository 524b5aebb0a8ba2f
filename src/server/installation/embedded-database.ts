import { createHash } from "node:crypto";
import { chmod, chown, mkdir, realpath, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { keep, readKept } from "./data-directory";
import { InstallationError } from "./errors";
import {
  type Account,
  canWrite,
  clearCluster,
  type Cluster,
  clusterData,
  databaseAccount,
  ensureDatabase,
  findBinaries,
  initialiseCluster,
  makePassword,
  type RunningServer,
  serverUrl,
  startServer,
  tryConnection,
} from "./postgres";

/** For clusters and programs that the account of the database cannot reach where they belong. */
const systemDirectory = "/var/lib/system-backup";

/** How long a command waits for a server that is just starting: as long as that server may take. */
const joinMilliseconds = 300_000;

const recordSchema = z.object({
  /** Null: DATA_DIR/postgres, also after DATA_DIR was moved. */
  directory: z.string().nullable(),
  password: z.string(),
  /** Null until the server has been up once. */
  port: z.int().nullable(),
});

type DatabaseRecord = z.infer<typeof recordSchema>;

export interface EmbeddedDatabase {
  url: string;
  stop(): Promise<void>;
  /** Resolves when the server has ended, wanted or not. */
  ended: Promise<void>;
}

/**
 * Starts the installation's own PostgreSQL, created at the first start. The caller holds the lock on DATA_DIR.
 * @throws InstallationError postgres_unavailable, system_account_missing, data_directory_unusable
 */
export async function startEmbeddedDatabase(
  dataDirectory: string,
  options: { notify: (text: string) => void; signal: AbortSignal },
): Promise<EmbeddedDatabase> {
  const own = await databaseAccount();
  const record = (await readRecord(dataDirectory)) ?? (await createRecord(dataDirectory, own, options.notify));
  const directory = directoryOf(dataDirectory, record);
  const account = (await ownerOfCluster(directory, own)) ?? own;
  await refuseUnreachable(directory, account, record);
  const binaries = await findBinaries(account, own === null ? dataDirectory : systemDirectory, options.notify);
  const cluster: Cluster = { directory, account, binaries, password: record.password };
  await initialiseCluster(cluster, { durable: true });
  options.signal.throwIfAborted();
  if ((await clearCluster(clusterData(cluster))) === "stopped") {
    options.notify("Stopped the database server that an earlier process had left running.");
  }
  const server = await startServer(cluster, { preferredPort: record.port ?? undefined, durable: true, signal: options.signal });
  return finishStart(dataDirectory, record, server);
}

/** The address of the database that the process which holds the lock has started, once it answers. */
export async function joinEmbeddedDatabase(dataDirectory: string, signal: AbortSignal): Promise<string> {
  const deadline = Date.now() + joinMilliseconds;
  while (Date.now() < deadline) {
    const record = await readRecord(dataDirectory);
    if (record !== null && record.port !== null) {
      const url = serverUrl({ port: record.port, password: record.password });
      if ((await tryConnection(url)) === "connected") return url;
    }
    await delay(100, undefined, { signal });
  }
  throw new InstallationError("postgres_unavailable", `The database of the installation in ${dataDirectory} does not answer.`);
}

async function finishStart(dataDirectory: string, record: DatabaseRecord, server: RunningServer): Promise<EmbeddedDatabase> {
  try {
    await ensureDatabase(server);
    if (record.port !== server.port) await writeRecord(dataDirectory, { ...record, port: server.port });
    return { url: server.url(), stop: server.stop, ended: server.ended };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function recordFile(dataDirectory: string): string {
  return path.join(dataDirectory, "postgres.json");
}

async function readRecord(dataDirectory: string): Promise<DatabaseRecord | null> {
  const text = await readKept(recordFile(dataDirectory));
  return text === null ? null : recordSchema.parse(JSON.parse(text));
}

async function writeRecord(dataDirectory: string, record: DatabaseRecord): Promise<void> {
  await keep(recordFile(dataDirectory), `${JSON.stringify(record)}\n`);
}

function directoryOf(dataDirectory: string, record: Pick<DatabaseRecord, "directory">): string {
  return record.directory ?? path.join(dataDirectory, "postgres");
}

async function createRecord(
  dataDirectory: string,
  account: Account | null,
  notify: (text: string) => void,
): Promise<DatabaseRecord> {
  const directory = await chooseDirectory(dataDirectory, account, notify);
  const record = { directory, password: makePassword(), port: null };
  // A cluster of an earlier attempt that ended before its record was written has another password.
  await rm(clusterData({ directory: directoryOf(dataDirectory, record) }), { recursive: true, force: true });
  await writeRecord(dataDirectory, record);
  return record;
}

/** Null for DATA_DIR/postgres; else a folder that the account can reach. */
async function chooseDirectory(
  dataDirectory: string,
  account: Account | null,
  notify: (text: string) => void,
): Promise<string | null> {
  const inside = path.join(dataDirectory, "postgres");
  await mkdir(inside, { recursive: true, mode: 0o700 });
  if (account === null) return null;
  await chown(inside, account.uid, account.gid);
  if (await canWrite(inside, account)) return null;
  const name = createHash("sha256").update(await realpath(dataDirectory)).digest("hex").slice(0, 12);
  const outside = await unusedName(path.join(systemDirectory, name));
  await mkdir(systemDirectory, { recursive: true });
  await chmod(systemDirectory, 0o755);
  await mkdir(outside, { mode: 0o700 });
  await chown(outside, account.uid, account.gid);
  await rm(inside, { recursive: true });
  notify(`User postgres, as whom the database runs, cannot reach ${dataDirectory}: the database is kept in ${outside}.`);
  return outside;
}

/** A folder of an installation whose DATA_DIR was deleted may be left; nothing in it is touched. */
async function unusedName(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!(await exists(name))) return name;
  }
}

/** Root starts a cluster as the one to whom it belongs: an installation may have been begun by another user. */
async function ownerOfCluster(directory: string, own: Account | null): Promise<Account | null> {
  if (own === null) return null;
  const found = await stat(clusterData({ directory })).catch(() => null);
  return found === null || found.uid === 0 ? null : { uid: found.uid, gid: found.gid };
}

async function refuseUnreachable(directory: string, account: Account | null, record: DatabaseRecord): Promise<void> {
  if (record.port !== null && !(await exists(clusterData({ directory })))) {
    const message = `The installation's database should be in ${directory}, and is not there. Put it back, or use another DATA_DIR.`;
    throw new InstallationError("postgres_unavailable", message);
  }
  if (!(await canWrite(directory, account))) {
    const who = account === null ? "this user" : `the user with id ${account.uid}, as whom the database runs,`;
    throw new InstallationError("postgres_unavailable", `${directory} cannot be entered and written by ${who}.`);
  }
}

async function exists(name: string): Promise<boolean> {
  return stat(name).then(
    () => true,
    () => false,
  );
}
