import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { freePort } from "@/server/installation/postgres/free-port";
import { type ProgramEnd, type RunningProgram, startProgram } from "../support/program";

const admin = { ADMIN_EMAIL: "admin@example.com", ADMIN_PASSWORD: "a long enough one" };
const up = /System Backup is up at (\S+)/;

let directory: string;
let started: RunningProgram[];

beforeEach(async () => {
  started = [];
  directory = await mkdtemp(path.join(tmpdir(), "installation-"));
  // Run by root, the database belongs to user postgres, who must be able to pass.
  await chmod(directory, 0o711);
});

afterEach(async () => {
  await Promise.all(started.map((program) => program.end("SIGKILL")));
  const pid = await postmasterPid();
  if (pid !== null && isAlive(pid)) process.kill(pid, "SIGQUIT");
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function data(): string {
  return path.join(directory, "data");
}

async function start(variables: Record<string, string> = {}): Promise<RunningProgram> {
  const program = startProgram("start", [], { DATA_DIR: data(), PORT: String(await freePort()), ...variables });
  started.push(program);
  return program;
}

async function apiKey(...parameters: string[]): Promise<ProgramEnd> {
  const program = startProgram("api-key", parameters, { DATA_DIR: data(), ...admin });
  started.push(program);
  return program.end();
}

async function clusterDirectory(): Promise<string> {
  const kept = z.object({ directory: z.string().nullable() }).parse(await record());
  return path.join(kept.directory ?? path.join(data(), "postgres"), "cluster");
}

async function record(): Promise<unknown> {
  return JSON.parse(await readFile(path.join(data(), "postgres.json"), "utf8"));
}

async function postmasterPid(): Promise<number | null> {
  try {
    return Number((await readFile(path.join(await clusterDirectory(), "postmaster.pid"), "utf8")).split("\n")[0]);
  } catch {
    return null;
  }
}

async function runningPostmaster(): Promise<number> {
  const pid = await postmasterPid();
  if (pid === null || !isAlive(pid)) throw new Error("The database should be running.");
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function unfinishedClusters(): Promise<string[]> {
  const names = await readdir(path.join(data(), "postgres")).catch(() => []);
  return names.filter((name) => name.startsWith("cluster.unfinished-"));
}

async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

describe("npm start", () => {
  test("makes an installation, answers requests, and ends without a trace at SIGTERM", async () => {
    const program = await start();
    const [, url] = await program.says(up);
    expect(program.output().stdout).toMatch(/Created the admin admin@example\.com with the password \S{20} \(shown this once\)/);
    expect((await fetch(`${url}/`)).status).toBeLessThan(500);
    const pid = await runningPostmaster();
    expect(await program.end("SIGTERM")).toMatchObject({ code: 0, signal: null });
    expect(isAlive(pid)).toBe(false);
    await expect(stat(path.join(data(), "lock"))).rejects.toThrow("ENOENT");
    for (const secret of ["postgres.json", "nextauth-secret"]) {
      expect((await stat(path.join(data(), secret))).mode & 0o777).toBe(0o600);
    }
  });

  test("comes up with what it had", async () => {
    await (await start(admin)).says(up);
    const created = await apiKey("create", "--email", admin.ADMIN_EMAIL, "--name", "kept");
    await started[0]?.end("SIGINT");
    const kept = await record();
    const again = await start();
    await again.says(up);
    expect(again.output().stdout).not.toContain("Created the admin");
    expect(await record()).toEqual(kept);
    expect((await apiKey("list")).stdout).toContain(created.stdout.slice(0, 12));
  });

  test("refuses a DATA_DIR that is in use and leaves its user alone", async () => {
    const first = await start(admin);
    const [, url] = await first.says(up);
    const second = await (await start(admin)).end();
    expect(second).toMatchObject({ code: 1, stdout: "" });
    expect(second.stderr).toBe(
      `The installation in ${data()} is in use by "npm start" (process ${first.process.pid}). ` +
        "Stop that first, or use another DATA_DIR.\n",
    );
    expect((await fetch(`${url}/`)).status).toBeLessThan(500);
  });

  test("after kill -9 takes over from the database server that was left running", async () => {
    const killed = await start(admin);
    await killed.says(up);
    const orphan = await runningPostmaster();
    await killed.end("SIGKILL");
    expect(isAlive(orphan)).toBe(true);
    const again = await start();
    await again.says(up);
    expect(isAlive(orphan)).toBe(false);
    expect(again.output().stdout).not.toContain("Created the admin");
  });

  test("after everything was killed is not misled by a process that has the old server's number by now", async () => {
    const killed = await start(admin);
    await killed.says(up);
    const pid = await runningPostmaster();
    await killed.end("SIGKILL");
    process.kill(pid, "SIGKILL");
    while (isAlive(pid)) await delay(20);
    const pidFile = path.join(await clusterDirectory(), "postmaster.pid");
    const lines = (await readFile(pidFile, "utf8")).split("\n");
    await writeFile(pidFile, [String(process.pid), ...lines.slice(1)].join("\n"));
    await writeFile(path.join(data(), "lock"), JSON.stringify({ pid: process.pid, started: "1", purpose: "server", name: "x", database: "embedded" }));
    await (await start()).says(up);
    expect(isAlive(process.pid)).toBe(true);
  });

  test("finds another port where its database's is taken", async () => {
    const first = await start(admin);
    await first.says(up);
    await first.end("SIGTERM");
    const { port } = z.object({ port: z.number() }).parse(await record());
    const squatter = await occupy(port);
    try {
      await (await start()).says(up);
      expect(await record()).not.toMatchObject({ port });
    } finally {
      squatter.close();
    }
  });

  test("begins again where it was interrupted while it created the database", async () => {
    const interrupted = await start(admin);
    while ((await unfinishedClusters()).length === 0) await delay(5);
    await interrupted.end("SIGKILL");
    await (await start(admin)).says(up);
    expect(await readdir(path.join(data(), "postgres"))).toContain("cluster");
  });

  test("gives up at a signal that comes while it starts", async () => {
    const program = await start(admin);
    while ((await postmasterPid()) === null) await delay(5);
    expect(await program.end("SIGTERM")).toMatchObject({ code: 0 });
    const pid = await postmasterPid();
    expect(pid).toBeNull();
  });

  test("says which port is taken", async () => {
    const port = await freePort();
    const squatter = await occupy(port);
    try {
      const end = await (await start({ ...admin, PORT: String(port) })).end();
      expect(end.code).toBe(1);
      expect(end.stderr).toContain(`127.0.0.1:${port} cannot be listened on: another program listens there. Set HOST or PORT.`);
      expect(await postmasterPid()).toBeNull();
    } finally {
      squatter.close();
    }
  });

  test("says every wrong value of the environment, and creates nothing", async () => {
    const end = await (await start({ PORT: "http", S3_BUCKET: "inventory", NEXTAUTH_SECRET: "hunter2" })).end();
    expect(end).toMatchObject({ code: 1, stdout: "" });
    expect(end.stderr.split("\n")).toEqual([
      "The environment has wrong values:",
      '  PORT: "http" was given, expected a port number between 1 and 65535',
      expect.stringContaining("  NEXTAUTH_SECRET: a value (not shown) was given"),
      expect.stringContaining("  S3_ACCESS_KEY_ID: not given"),
      expect.stringContaining("  S3_SECRET_ACCESS_KEY: not given"),
      "",
    ]);
    await expect(stat(data())).rejects.toThrow("ENOENT");
  });

  test("says that DATA_DIR cannot be used", async () => {
    await writeFile(path.join(directory, "data"), "a file");
    const end = await (await start(admin)).end();
    expect(end).toMatchObject({ code: 1, stdout: "" });
    expect(end.stderr).toContain(`DATA_DIR ${data()} cannot be used: `);
  });

  test.runIf(process.getuid?.() === 0)("keeps the database elsewhere where its user cannot reach DATA_DIR", async () => {
    await chmod(directory, 0o700);
    const program = await start(admin);
    await program.says(up);
    const elsewhere = path.dirname(await clusterDirectory());
    try {
      expect(elsewhere).toMatch(/^\/var\/lib\/system-backup\//);
      expect(program.output().stderr).toContain(`the database is kept in ${elsewhere}.`);
      await program.end("SIGTERM");
      const again = await start(admin);
      await again.says(up);
      expect(again.output()).toMatchObject({ stdout: expect.not.stringContaining("Created the admin") as string, stderr: "" });
      await again.end("SIGTERM");
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  test("says that the database's folder has gone", async () => {
    const first = await start(admin);
    await first.says(up);
    await first.end("SIGTERM");
    await rm(await clusterDirectory(), { recursive: true });
    const end = await (await start(admin)).end();
    expect(end.code).toBe(1);
    expect(end.stderr).toContain("The installation's database should be in ");
  });
});

describe("commands", () => {
  test("print what they were asked for and nothing else, beside a running server and alone", async () => {
    const server = await start(admin);
    await server.says(up);
    const beside = await apiKey("create", "--email", admin.ADMIN_EMAIL, "--name", "beside");
    expect(beside).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sbk_\S+\n$/) as string, stderr: "" });
    await server.end("SIGTERM");
    const alone = await apiKey("create", "--email", admin.ADMIN_EMAIL, "--name", "alone");
    expect(alone).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sbk_\S+\n$/) as string, stderr: "" });
    expect(await postmasterPid()).toBeNull();
  });

  test("make the installation where there is none", async () => {
    const end = await apiKey("list");
    expect(end).toMatchObject({ code: 0, stdout: "" });
    expect(end.stderr).toContain("Created the admin admin@example.com.");
    expect(await postmasterPid()).toBeNull();
  });

  test("wait for each other", async () => {
    await mkdir(data());
    const ends = await Promise.all([apiKey("list"), apiKey("list"), apiKey("list")]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  });
});
