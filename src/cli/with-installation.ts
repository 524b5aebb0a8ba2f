import { type Installation, openInstallation, type OpenOptions } from "@/server/installation";
import { logToStandardError } from "@/server/logger";
import { notify } from "./run-program";

/** Opens the installation for a command, beside a running server or alone, and closes it afterwards. */
export async function withInstallation<T>(
  options: Pick<OpenOptions, "name"> & { signal: AbortSignal },
  work: (installation: Installation) => Promise<T>,
): Promise<T> {
  logToStandardError();
  const installation = await openInstallation({ ...options, purpose: "command", notify });
  try {
    announceFirstAdmin(installation, notify);
    return await work(installation);
  } finally {
    await installation.close();
  }
}

/** Shown this once: only the password's hash is kept. */
export function announceFirstAdmin({ firstAdmin }: Installation, write: (text: string) => void): void {
  if (firstAdmin === null) return;
  const { email, madePassword } = firstAdmin;
  if (madePassword === null) write(`Created the admin ${email}.`);
  else write(`Created the admin ${email} with the password ${madePassword} (shown this once).`);
}
