import { readdir, readFile, readlink } from "node:fs/promises";

import { adminEmail, adminPassword } from "../installation";
import { buildOnce } from "../build";
import { freePort } from "../free-port";
import { startProgram, type RunningProgram } from "../program";

/** What a process holds, as the kernel counts it. */
export interface Resources {
  /** Paths of open files and pipes; sockets are counted apart. */
  files: string[];
  sockets: number;
  /** Resident memory in MiB. */
  memory: number;
}

/** The application as a process that a test can kill. */
export interface Application {
  url: string;
  port: number;
  start(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, unless it has ended already. */
  stop(): Promise<void>;
  resources(): Promise<Resources>;
  log(): string;
  /** Another program of ours with the same environment; its standard output. */
  command(name: string, parameters: readonly string[]): Promise<string>;
}

export async function createApplication(variables: Record<string, string>): Promise<Application> {
  await buildOnce();
  const port = await freePort();
  const environment = {
    PORT: String(port),
    HOST: "127.0.0.1",
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: adminPassword,
    LOG_LEVEL: "info",
    ...variables,
  };
  let program: RunningProgram | undefined;
  const running = () => {
    if (program === undefined) throw new Error("The application was not started.");
    return program;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    start: async () => {
      program = startProgram("start", [], environment);
      await program.says(/System Backup is up at/);
    },
    kill: async () => {
      await running().end("SIGKILL");
    },
    stop: async () => {
      const child = program?.process;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      await running().end("SIGTERM");
    },
    resources: () => resourcesOf(running().process.pid ?? 0),
    log: () => Object.values(running().output()).join(""),
    command: async (name, parameters) => {
      const { code, stdout, stderr } = await startProgram(name, parameters, environment).end();
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`);
      return stdout;
    },
  };
}

async function resourcesOf(pid: number): Promise<Resources> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => null)));
  const open = targets.filter((target) => target !== null);
  const isSocket = (target: string) => target.startsWith("socket:");
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return {
    files: open.filter((target) => !isSocket(target)).sort(),
    sockets: open.filter(isSocket).length,
    memory: Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024),
  };
}
