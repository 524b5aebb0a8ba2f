import { spawn } from "node:child_process";

/** @throws Error with what the script wrote to its standard error */
export async function shell(script: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn("bash", ["-c", `set -euo pipefail\n${script}`], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`Ended with ${code}: ${script}\n${Buffer.concat(errors).toString()}`);
  return Buffer.concat(output).toString();
}
