import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { accessSync, constants, existsSync } from "node:fs";
import { appendFile, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { twoFreePorts } from "./free-port";
import { clusterConfiguration, clusterPaths } from "./s3-server-configuration";
import type { ClusterSettings } from "./s3-server-configuration";

export interface S3Server {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Of its processes. */
  pids: readonly number[];
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
  /** Kills the server as a power cut would; starting it again in the same directory brings it back with its data. */
  kill(): Promise<void>;
}

export interface S3ServerOptions {
  /** Absolute. New, or what `kill` left. Removed by `stop`, and when this process ends in any other way. */
  directory: string;
  /** Any free one where unset; a server that is started again keeps its own. */
  port?: number | undefined;
}

const PROGRAMS = ["radosgw", "radosgw-admin", "ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "setpriv"];

/** Starts take 5 to 8 s on two cores; a busy machine takes a few times that. */
const START_MILLISECONDS = 60_000;

const stateSchema = z.object({
  clusterId: z.string(),
  port: z.int(),
  monitorPort: z.int(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});
type State = z.infer<typeof stateSchema>;

/** Why this machine can't run the server, and what would help. Null where it can. */
export function whyNoS3Server(): string | null {
  const missing = PROGRAMS.filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    return (
      `${missing.join(", ")} not found; ` +
      "to have a real S3 server, run as root: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd"
    );
  }
  if (process.getuid?.() !== 0) return "a real S3 server (Ceph) can only be started as root";
  return null;
}

/** A real S3 server: Ceph's RADOS Gateway on a cluster of this machine alone. */
export async function startS3Server({ directory, port }: S3ServerOptions): Promise<S3Server> {
  const reason = whyNoS3Server();
  if (reason !== null) throw new Error(`No S3 server: ${reason}.`);
  const removal = removeWhenThisProcessEnds(directory);
  const cluster = new Cluster(directory);
  try {
    const known = await cluster.readState();
    const state = known ?? (await cluster.create(port));
    if (known) await cluster.startAgain(known);
    return {
      endpoint: `http://127.0.0.1:${state.port}`,
      accessKeyId: state.accessKeyId,
      secretAccessKey: state.secretAccessKey,
      pids: cluster.pids,
      kill: () => cluster.kill(),
      async stop() {
        await cluster.kill();
        await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
        removal.stdin?.end();
      },
    };
  } catch (error) {
    await cluster.kill();
    const logs = await cluster.lastLogLines();
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    removal.stdin?.end();
    throw new Error(`The S3 server did not start.\n${logs}`, { cause: error });
  }
}

class Cluster {
  readonly #paths;
  readonly #daemons: ChildProcess[] = [];

  constructor(readonly directory: string) {
    this.#paths = clusterPaths(directory);
  }

  get pids(): number[] {
    return this.#daemons.flatMap(({ pid }) => pid ?? []);
  }

  async readState(): Promise<State | null> {
    if (!existsSync(this.#paths.state)) return null;
    return stateSchema.parse(JSON.parse(await readFile(this.#paths.state, "utf8")));
  }

  async create(preferredPort: number | undefined): Promise<State> {
    const [unusedPort, monitorPort] = await twoFreePorts();
    const state: State = {
      clusterId: randomUUID(),
      port: preferredPort ?? unusedPort,
      monitorPort,
      accessKeyId: randomBytes(10).toString("hex"),
      secretAccessKey: randomBytes(20).toString("hex"),
    };
    await this.#prepareFiles({ ...state, directory: this.directory });
    await this.#createMonitor(state);
    this.#start("ceph-mon", "-i", "a");
    await this.#createOsd();
    this.#start("ceph-osd", "-i", "0");
    this.#start("radosgw", "-n", "client.gateway");
    await this.#answering(state.port);
    const { accessKeyId, secretAccessKey } = state;
    await this.#run("radosgw-admin", "user", "create", "--uid=tests", "--display-name=tests",
      `--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`);
    await writeFile(this.#paths.state, JSON.stringify(state), { mode: 0o600 });
    return state;
  }

  async startAgain(state: State): Promise<void> {
    this.#start("ceph-mon", "-i", "a");
    this.#start("ceph-osd", "-i", "0");
    this.#start("radosgw", "-n", "client.gateway");
    await this.#answering(state.port);
  }

  async kill(): Promise<void> {
    await Promise.all(
      this.#daemons.splice(0).map(async (daemon) => {
        if (daemon.exitCode !== null || daemon.signalCode !== null) return;
        const ended = new Promise((resolve) => daemon.once("exit", resolve));
        daemon.ref();
        daemon.kill("SIGKILL");
        await ended;
      }),
    );
  }

  async lastLogLines(): Promise<string> {
    const names = await readdir(this.#paths.logs).catch(() => []);
    const logs = names.map(async (name) => {
      const lines = (await readFile(path.join(this.#paths.logs, name), "utf8")).trimEnd().split("\n");
      return [`--- ${name}`, ...lines.slice(-15)].join("\n");
    });
    return (await Promise.all(logs)).join("\n");
  }

  async #prepareFiles(settings: ClusterSettings): Promise<void> {
    const { monitor, osd, gateway, logs, configuration, keyring } = this.#paths;
    for (const folder of [monitor, osd, gateway, logs]) await mkdir(folder, { recursive: true });
    await writeFile(configuration, clusterConfiguration(settings));
    const keys = { "mon.": ["mon"], "client.admin": ["mon", "osd", "mgr"], "client.gateway": ["mon", "osd"] };
    await this.#run("ceph-authtool", "--create-keyring", keyring);
    for (const [name, services] of Object.entries(keys)) {
      const capabilities = services.flatMap((service) => ["--cap", service, "allow *"]);
      await this.#run("ceph-authtool", keyring, "--gen-key", "-n", name, ...capabilities);
    }
    await copyFile(keyring, path.join(gateway, "keyring"));
  }

  async #createMonitor({ clusterId, monitorPort }: State): Promise<void> {
    const { monitorMap, keyring } = this.#paths;
    const address = `[v2:127.0.0.1:${monitorPort}]`;
    await this.#run("monmaptool", "--create", "--fsid", clusterId, "--addv", "a", address, monitorMap);
    await this.#run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monitorMap, "--keyring", keyring);
  }

  async #createOsd(): Promise<void> {
    const id = randomUUID();
    const keyring = path.join(this.#paths.osd, "keyring");
    await this.#run("ceph", "--connect-timeout", "20", "osd", "new", id);
    const capabilities = ["mon", "allow profile osd", "osd", "allow *"];
    await this.#run("ceph", "auth", "get-or-create", "osd.0", ...capabilities, "-o", keyring);
    await appendFile(this.#paths.keyring, await readFile(keyring));
    await this.#run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", id);
  }

  async #run(program: string, ...parameters: string[]): Promise<void> {
    const env = { ...process.env, CEPH_CONF: this.#paths.configuration };
    await promisify(execFile)(program, parameters, { env, timeout: START_MILLISECONDS });
  }

  /** In a session of its own, so that Ctrl-C reaches only the test run; the kernel kills it when that has ended. */
  #start(program: string, ...parameters: string[]): void {
    const command = [program, "--foreground", "--conf", this.#paths.configuration, ...parameters];
    const daemon = spawn("setpriv", ["--pdeathsig", "KILL", ...command], { stdio: "ignore", detached: true });
    daemon.unref();
    this.#daemons.push(daemon);
  }

  async #answering(port: number): Promise<void> {
    const deadline = Date.now() + START_MILLISECONDS;
    for (;;) {
      const ended = this.#daemons.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
      if (ended) throw new Error(`${ended.spawnargs.join(" ")} ended at its start.`);
      const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
      if (answer) return;
      if (Date.now() > deadline) throw new Error(`Nothing answered on port ${port} in ${START_MILLISECONDS} ms.`);
      await sleep(50);
    }
  }
}

/** A shell that outlives this process by a moment; it waits until its input ends, which it does however we end. */
function removeWhenThisProcessEnds(directory: string): ChildProcess {
  const script = 'cat > /dev/null; sleep 0.5; rm -rf -- "$0"';
  const shell = spawn("sh", ["-c", script, directory], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  shell.unref();
  return shell;
}

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
