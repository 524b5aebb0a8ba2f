import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { codeOf, InstallationError } from "../errors";
import { type Cluster, clusterData, databaseName, databaseUser } from "./cluster";
import { freePort } from "./free-port";
import { stopServer } from "./postmaster";
import { runAs } from "./run-as";
import { serverSettings } from "./settings";

export interface RunningServer {
  port: number;
  pid: number;
  url(database?: string): string;
  /** Ends the server with a checkpoint. */
  stop(): Promise<void>;
  /** Resolves when the process has ended, wanted or not. */
  ended: Promise<void>;
}

/** Recovery after a crash replays at most max_wal_size, which takes a slow disk this long. */
const startMilliseconds = 300_000;

/** The free port may be taken between the look and the start; three times in a row is no coincidence. */
const startAttempts = 3;

/**
 * Starts the server on the preferred port of 127.0.0.1 where it is free, else on another. It has a session of its own,
 * so that a Ctrl-C in the terminal reaches the application alone, which then stops it in order.
 * @throws InstallationError postgres_unavailable with the end of the server's log
 */
export async function startServer(
  cluster: Cluster,
  options: { preferredPort: number | undefined; durable: boolean; signal?: AbortSignal },
): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? options.preferredPort : undefined);
    const started = await launch(cluster, port, options.durable, options.signal);
    if (typeof started !== "string") return started;
    options.signal?.throwIfAborted();
    if (!started.includes("could not bind") || attempt === startAttempts) {
      throw new InstallationError("postgres_unavailable", `PostgreSQL did not start in ${cluster.directory}:\n${started}`);
    }
  }
}

/** The running server, or the end of the log of one that ended. */
async function launch(
  cluster: Cluster,
  port: number,
  durable: boolean,
  signal: AbortSignal | undefined,
): Promise<RunningServer | string> {
  const logFile = path.join(cluster.directory, "server.log");
  await rm(logFile, { force: true });
  const log = await open(logFile, "wx", 0o600);
  let child: ChildProcess;
  try {
    child = spawn(cluster.binaries.postgres, serverParameters(clusterData(cluster), port, durable), {
      ...runAs(cluster.account),
      stdio: ["ignore", log.fd, log.fd],
      detached: true,
    });
  } finally {
    await log.close();
  }
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const { pid } = child;
  const stop = async () => {
    if (pid !== undefined && child.exitCode === null && child.signalCode === null) await stopServer(pid);
    await ended;
  };
  const url = (database = databaseName) => serverUrl({ port, password: cluster.password }, database);
  const gone = new AbortController();
  void ended.then(() => gone.abort());
  const over = signal === undefined ? gone.signal : AbortSignal.any([gone.signal, signal]);
  if (pid !== undefined && (await answers(url("postgres"), over))) return { port, pid, url, stop, ended };
  await stop();
  return (await readFile(logFile, "utf8")).split("\n").slice(-20).join("\n");
}

export function serverUrl(server: { port: number; password: string }, database = databaseName): string {
  return `postgresql://${databaseUser}:${encodeURIComponent(server.password)}@127.0.0.1:${server.port}/${database}`;
}

function serverParameters(data: string, port: number, durable: boolean): string[] {
  return ["-D", data, "-p", String(port), ...Object.entries(serverSettings(durable)).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

/**
 * Whether the server answers before it ends, the wait is given up or the time is over. A password that it refuses ends the wait a moment
 * later: somebody else's server may have taken the port, and ours is about to say so in its log.
 */
async function answers(url: string, over: AbortSignal): Promise<boolean> {
  let deadline = Date.now() + startMilliseconds;
  while (!over.aborted && Date.now() < deadline) {
    const outcome = await tryConnection(url);
    if (outcome === "connected") return true;
    if (outcome === "password refused") deadline = Math.min(deadline, Date.now() + 1_000);
    await delay(30);
  }
  return false;
}

export async function tryConnection(url: string): Promise<"connected" | "password refused" | "no answer"> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // Lost while ending: what was asked is known by then.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return "connected";
  } catch (error) {
    return codeOf(error) === "28P01" ? "password refused" : "no answer";
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Creates the database where it is missing. */
export async function ensureDatabase(server: RunningServer): Promise<void> {
  const client = new pg.Client({ connectionString: server.url("postgres") });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName} TEMPLATE template0`);
  } finally {
    await client.end();
  }
}
