import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { InstallationError, messageOf } from "../errors";

const run = promisify(execFile);

/** The system account that a database server runs as. */
export interface Account {
  uid: number;
  gid: number;
}

const accountName = "postgres";

/**
 * PostgreSQL refuses to run as root: root runs it as user postgres, who is created where
 * missing. Null: it runs as the user we are.
 * @throws InstallationError system_account_missing
 */
export async function databaseAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  return (await lookUp()) ?? (await create());
}

async function lookUp(): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", accountName]), run("id", ["-g", accountName])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function create(): Promise<Account> {
  let failure: unknown;
  try {
    await run("groupadd", ["--system", "--force", accountName]);
    const home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"];
    await run("useradd", ["--system", "--gid", accountName, ...home, accountName]);
  } catch (error) {
    failure = error;
  }
  // Looked up even after a failure: another installation may have created it just now.
  const account = await lookUp();
  if (account !== null) return account;
  throw new InstallationError(
    "system_account_missing",
    `PostgreSQL does not run as root, and the user "${accountName}" that it would run as does not exist and could ` +
      `not be created (${messageOf(failure)}). Create it, start as another user, or set DATABASE_URL.`,
    { cause: failure },
  );
}
