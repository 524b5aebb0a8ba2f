import { randomBytes } from "node:crypto";
import { chown, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { InstallationError, messageOf } from "../errors";
import type { Account } from "./account";
import type { Binaries } from "./binaries";
import { execute } from "./run-as";

/** A folder with a database cluster in it, and the account that owns it. */
export interface Cluster {
  /** Holds the cluster (`cluster`), the server's log and nothing else. */
  directory: string;
  account: Account | null;
  binaries: Binaries;
  password: string;
}

/** The superuser, and the only role. */
export const databaseUser = "easm";
export const databaseName = "easm";

/** In the name of a cluster that is being created. */
const unfinishedMark = ".unfinished-";

export function clusterData(cluster: Pick<Cluster, "directory">): string {
  return path.join(cluster.directory, "cluster");
}

export function makePassword(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * Creates the cluster where it does not exist yet. It appears under its name only when it is whole, so an attempt
 * that was interrupted is made again.
 * @throws InstallationError postgres_unavailable
 */
export async function initialiseCluster(cluster: Cluster, options: { durable: boolean }): Promise<"created" | "existed"> {
  const data = clusterData(cluster);
  if (await isDirectory(data)) return "existed";
  const unfinished = `${data}${unfinishedMark}${randomBytes(6).toString("hex")}`;
  const passwordFile = path.join(cluster.directory, "initial-password");
  await makeOwned(cluster.directory, cluster.account);
  await removeUnfinished(cluster.directory);
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600, flag: "wx" });
  if (cluster.account !== null) await chown(passwordFile, cluster.account.uid, cluster.account.gid);
  try {
    await execute(cluster.binaries.initdb, initdbParameters(unfinished, passwordFile, options.durable), cluster.account);
  } catch (error) {
    const message = `PostgreSQL's cluster could not be created in ${cluster.directory}: ${messageOf(error)}`;
    throw new InstallationError("postgres_unavailable", message, { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, data);
  return "created";
}

/** An initdb that outlived its killed parent may still be writing; what it then leaves, the next attempt removes. */
async function removeUnfinished(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.includes(unfinishedMark));
  const patiently = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 };
  await Promise.allSettled(names.map((name) => rm(path.join(directory, name), patiently)));
}

function initdbParameters(data: string, passwordFile: string, durable: boolean): string[] {
  return [
    `--pgdata=${data}`,
    `--username=${databaseUser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Bytewise: the same order on every machine, and no dependency on the system's locales.
    "--locale=C",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"]),
  ];
}

async function makeOwned(directory: string, account: Account | null): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (account !== null) await chown(directory, account.uid, account.gid);
}

async function isDirectory(name: string): Promise<boolean> {
  return stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
