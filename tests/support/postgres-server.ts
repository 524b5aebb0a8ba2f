import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { applyMigrations } from "@/server/installation/migrations";
import {
  clearCluster,
  clusterData,
  databaseAccount,
  ensureDatabase,
  findBinaries,
  initialiseCluster,
  makePassword,
  startServer,
} from "@/server/installation/postgres";

export interface PostgresServer {
  /** With every right; its database `easm` is migrated, to be cloned. */
  url: string;
  /** Removed at the end, in whatever way the test run ends. */
  directory: string;
  /** SIGKILL for it and all of its processes. */
  kill(): Promise<void>;
  /** Up again on the same port, with what it had. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL of the test run's own, in a temporary folder.
 *
 * @param options.durable whether it keeps what it committed when it is killed, as PostgreSQL does by default
 */
export async function startPostgresServer({ durable = false }: { durable?: boolean } = {}): Promise<PostgresServer> {
  const directory = await mkdtemp(path.join(tmpdir(), "system-backup-tests-"));
  // Entered by the account that the server runs as; what lies inside is that account's alone.
  await chmod(directory, 0o711);
  const account = await databaseAccount();
  const binaries = await findBinaries(account, path.join(directory, "programs"), () => undefined);
  const cluster = { directory: path.join(directory, "postgres"), account, binaries, password: makePassword() };
  const reaper = spawnReaper(directory, clusterData(cluster));
  await initialiseCluster(cluster, { durable: false });
  await clearCluster(clusterData(cluster));
  let server = await startServer(cluster, { preferredPort: undefined, durable });
  await ensureDatabase(server);
  await applyMigrations(server.url());
  return {
    url: server.url(),
    directory,
    kill: async () => {
      const children = await childrenOf(server.pid);
      // The postmaster first: it would start killed children again.
      for (const pid of [server.pid, ...children]) killIfThere(pid);
      await server.ended;
    },
    startAgain: async () => {
      await clearCluster(clusterData(cluster));
      server = await startServer(cluster, { preferredPort: server.port, durable });
    },
    stop: async () => {
      await server.stop();
      await reaper();
    },
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // A child that ended a moment ago.
  }
}

/**
 * A process that ends the server and removes the folder as soon as the test run is gone, in whatever way it went.
 * Returns what asks it to do so now.
 */
function spawnReaper(directory: string, data: string): () => Promise<void> {
  const script = fileURLToPath(new URL("./reaper.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, directory, data], { stdio: ["pipe", "ignore", "inherit"], detached: true });
  child.unref();
  return async () => {
    const ended = once(child, "exit");
    // Nothing else may be left to keep this process waiting.
    child.ref();
    child.stdin.end();
    await ended;
  };
}
