import { setTimeout as delay } from "node:timers/promises";
import { closeDatabase, pool } from "@/server/db";
import { completeEnvironment, type Environment, environment } from "@/server/env";
import { closeObjectStore } from "@/server/object-store";
import { keptAuthSecret, prepareDataDirectory } from "./data-directory";
import { type EmbeddedDatabase, joinEmbeddedDatabase, startEmbeddedDatabase } from "./embedded-database";
import { InstallationError } from "./errors";
import { ensureFirstAdmin, type FirstAdmin } from "./first-admin";
import { type LockHolder, type LockOutcome, tryLock } from "./lock";
import { applyMigrations } from "./migrations";

export interface Installation {
  /** Set where this call created the first admin. */
  firstAdmin: FirstAdmin | null;
  /** Resolves when an embedded database that this process started has ended, wanted or not; else never. */
  databaseEnded: Promise<void>;
  /** Ends connections, the embedded database where this process started it, and the lock. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** A `server` has DATA_DIR to itself. A `command` works beside a running server, or opens the installation alone. */
  purpose: LockHolder["purpose"];
  /** What other processes are told has the installation open, such as "npm run seed". */
  name: string;
  /** Lines for people, one call a line. They hold no secrets. */
  notify: (text: string) => void;
  /** Gives up opening and undoes what was begun. */
  signal?: AbortSignal;
}

/**
 * Everything between the environment and an installation that can be worked with: DATA_DIR, database, migrations,
 * secrets and the first admin. Afterwards environment(), pool(), prisma() and objectStore() are ready.
 * @throws EnvironmentError, InstallationError
 */
export async function openInstallation(options: OpenOptions): Promise<Installation> {
  const given = environment();
  const signal = options.signal ?? new AbortController().signal;
  await prepareDataDirectory(given.dataDirectory);
  const lock = await takeLock(given, options, signal);
  let embedded: EmbeddedDatabase | undefined;
  const close = async () => {
    await closeDatabase();
    await closeObjectStore();
    await embedded?.stop();
    if (lock.held) await lock.release();
  };
  try {
    let { databaseUrl } = given;
    if (databaseUrl === undefined && lock.held) {
      embedded = await startEmbeddedDatabase(given.dataDirectory, { notify: options.notify, signal });
      databaseUrl = embedded.url;
    }
    databaseUrl ??= await joinEmbeddedDatabase(given.dataDirectory, signal);
    signal.throwIfAborted();
    completeEnvironment({
      DATABASE_URL: databaseUrl,
      NEXTAUTH_SECRET: given.authSecret ?? (await keptAuthSecret(given.dataDirectory)),
      NEXTAUTH_URL: given.authUrl ?? addressOf(given),
    });
    for (const name of await applyMigrations(databaseUrl)) options.notify(`Applied migration ${name}.`);
    signal.throwIfAborted();
    const firstAdmin = await ensureFirstAdmin(pool(), { email: given.adminEmail, password: given.adminPassword });
    return { firstAdmin, close, databaseEnded: embedded?.ended ?? new Promise<void>(() => undefined) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function takeLock(given: Environment, options: OpenOptions, signal: AbortSignal): Promise<LockOutcome> {
  let announced = false;
  for (;;) {
    const database = given.databaseUrl === undefined ? "embedded" : "given";
    const outcome = await tryLock(given.dataDirectory, { purpose: options.purpose, name: options.name, database });
    if (outcome.held) return outcome;
    const { holder } = outcome;
    const inUse = `The installation in ${given.dataDirectory} is in use by "${holder.name}" (process ${holder.pid})`;
    if (options.purpose === "server" && holder.purpose === "server") {
      throw new InstallationError("installation_in_use", `${inUse}. Stop that first, or use another DATA_DIR.`);
    }
    if (database === "embedded" && holder.database === "given") {
      throw new InstallationError("installation_in_use", `${inUse}, which has a DATABASE_URL: give this command the same.`);
    }
    // A command needs nothing but the database, which a server, or one's own DATABASE_URL, has up already.
    if (options.purpose === "command" && (holder.purpose === "server" || database === "given")) return outcome;
    if (!announced) options.notify(`${inUse}: waiting for it to end.`);
    announced = true;
    await delay(200, undefined, { signal });
  }
}

/** The address that a browser on this machine uses. */
function addressOf({ host, port }: Environment): string {
  const local = ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host);
  const name = local ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
