import { mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";

import { freePort } from "../../tests/support/free-port";
import { startProgram } from "../../tests/support/program";

/** Whom the bench gives every fresh installation. */
const adminEmail = "admin@example.com";

/** An installation that the built server serves. */
export interface Served {
  url: string;
  headers: Record<string, string>;
  pid: number;
  end(): Promise<void>;
}

/**
 * Starts the built server on a database and a folder of objects.
 *
 * @param objects folder of local storage; null: a new one
 * @param variables of the environment, beside what every installation needs
 */
export async function serve(
  databaseUrl: string,
  dataDirectory: string,
  objects: string | null,
  variables: Record<string, string> = {},
): Promise<Served> {
  await rm(dataDirectory, { recursive: true, force: true });
  await mkdir(dataDirectory, { recursive: true });
  if (objects !== null) await symlink(objects, path.join(dataDirectory, "objects"));
  const port = await freePort();
  const installation = {
    PORT: String(port),
    HOST: "127.0.0.1",
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDirectory,
    ADMIN_EMAIL: "served@example.com",
    ADMIN_PASSWORD: "correct horse battery staple",
  };
  const program = startProgram("start", [], { ...installation, ...variables });
  const end = async () => void (await program.end("SIGTERM"));
  try {
    await program.says(/System Backup is up at/);
    const { stdout } = await startProgram("api-key", ["create", "--email", adminEmail, "--name", "bench"], installation).end();
    const { pid } = program.process;
    if (pid === undefined) throw new Error("The server has no process");
    return { url: `http://127.0.0.1:${port}`, headers: { authorization: `Bearer ${stdout.trim()}` }, pid, end };
  } catch (error) {
    await end();
    throw error;
  }
}
