import { access, chmod, constants, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { codeOf, InstallationError, messageOf } from "./errors";

/**
 * Creates DATA_DIR where it is missing. Nobody else can list it; where root runs the installation, the account of the
 * database can pass through.
 * @throws InstallationError data_directory_unusable
 */
export async function prepareDataDirectory(directory: string): Promise<void> {
  try {
    const isRoot = process.getuid?.() === 0;
    const existed = await stat(directory).then(
      () => true,
      () => false,
    );
    await mkdir(directory, { recursive: true });
    // chmod rather than mkdir's mode: the umask must not take a bit away.
    if (!existed) await chmod(directory, isRoot ? 0o711 : 0o700);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    await mkdir(path.join(directory, "objects"), { recursive: true, mode: 0o700 });
  } catch (error) {
    const message = `DATA_DIR ${directory} cannot be used: ${messageOf(error)}`;
    throw new InstallationError("data_directory_unusable", message, { cause: error });
  }
}

/** The file's text; null where there is none. */
export async function readKept(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    const message = `${file} cannot be read: ${messageOf(error)}`;
    throw new InstallationError("data_directory_unusable", message, { cause: error });
  }
}

/** Writes a file that only its owner can read: whole or not at all. */
export async function keep(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(unfinished, text, { mode: 0o600, flag: "wx", flush: true });
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What signs sessions, made at the first start and kept in DATA_DIR. */
export async function keptAuthSecret(dataDirectory: string): Promise<string> {
  const file = path.join(dataDirectory, "nextauth-secret");
  const kept = (await readKept(file))?.trim();
  if (kept !== undefined && kept !== "") return kept;
  const made = randomBytes(32).toString("base64");
  await keep(file, `${made}\n`);
  return made;
}
