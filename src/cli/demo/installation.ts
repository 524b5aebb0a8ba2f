import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { environmentForChild } from "@/server/env";
import { InstallationError } from "@/server/installation";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = (name: string) => path.join(root, "src", "cli", `${name}.ts`);
const loader = ["--import", "tsx"];

/** What the start command sends when it answers requests. */
const readyMessage = z.object({ ready: z.string() });

export interface DemoInstallation {
  name: string;
  url: string;
  /** Where its output goes. */
  log: string;
  process: ChildProcess;
  environment: NodeJS.ProcessEnv;
}

/** The start command as a process of its own, with a DATA_DIR of its own. Resolves when it answers requests. */
export async function startInstallation(
  where: { name: string; port: number; directory: string },
  admin: { email: string; password: string },
  signal: AbortSignal,
): Promise<DemoInstallation> {
  await mkdir(where.directory, { recursive: true, mode: 0o711 });
  const environment = environmentForChild({
    PORT: String(where.port),
    DATA_DIR: where.directory,
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
    // Each of the two has a database, a storage and a secret of its own.
    ...Object.fromEntries(sharedVariables.map((name) => [name, undefined])),
  });
  const log = path.join(where.directory, "demo.log");
  const output = await open(log, "w", 0o600);
  const child = fork(program("start"), {
    cwd: root,
    env: environment,
    execArgv: loader,
    stdio: ["ignore", output.fd, output.fd, "ipc"],
    // A Ctrl-C in the terminal reaches the demo alone, which then ends both in order.
    detached: true,
  });
  await output.close();
  const started = { name: where.name, log, process: child, environment };
  const url = await ready(child, signal);
  if (url !== null) return { ...started, url };
  await stopInstallation(started);
  signal.throwIfAborted();
  const message = `The ${where.name} did not start:\n${(await readFile(log, "utf8")).trimEnd()}`;
  throw new InstallationError("address_in_use", message);
}

const sharedVariables = [
  "DATABASE_URL",
  "S3_ENDPOINT",
  "S3_REGION",
  "S3_BUCKET",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY",
  "S3_FORCE_PATH_STYLE",
  "NEXTAUTH_SECRET",
  "NEXTAUTH_URL",
];

/** The address that it is up at; null where it ended, or was not waited for. */
async function ready(child: ChildProcess, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    child.once("message", (message) => resolve(readyMessage.parse(message).ready));
    child.once("exit", () => resolve(null));
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

export function isRunning({ process: child }: Pick<DemoInstallation, "process">): boolean {
  return child.exitCode === null && child.signalCode === null;
}

export async function stopInstallation(installation: Pick<DemoInstallation, "process">): Promise<void> {
  if (!isRunning(installation)) return;
  const ended = once(installation.process, "exit");
  installation.process.kill("SIGTERM");
  await ended;
}

export async function seedDemo(
  installation: DemoInstallation,
  inventory: Readonly<Record<string, number>>,
  signal: AbortSignal,
): Promise<void> {
  await command(installation, "seed", Object.entries(inventory).flatMap(([name, value]) => [`--${name}`, String(value)]), signal);
}

/** @returns the key */
export async function createDemoKey(installation: DemoInstallation, email: string, signal: AbortSignal): Promise<string> {
  const output = await command(installation, "api-key", ["create", "--email", email, "--name", "demo"], signal);
  return output.trim();
}

/** Runs another program of ours against the installation; its standard output. */
async function command(
  { environment }: DemoInstallation,
  name: string,
  parameters: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const run = promisify(execFile);
  const options = { cwd: root, env: environment, signal };
  return (await run(process.execPath, [...loader, program(name), ...parameters], options)).stdout;
}
