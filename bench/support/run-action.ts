import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { ActionName, Parameters } from "../actions";
import { measurementSchema, type Measurement, type ServerProcesses } from "./measure";
import { memorySettings } from "../../tests/support/program";

const worker = fileURLToPath(new URL("../worker.ts", import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Runs an action in a fresh process, so that memory and stalls are its own. */
export async function runAction(
  name: ActionName,
  parameters: Parameters,
  warmUp: Parameters | null,
  servers: ServerProcesses,
): Promise<Measurement> {
  const action = JSON.stringify({ name, parameters, warmUp, servers });
  const child = spawn(process.execPath, ["--expose-gc", "--import", loader, worker, action], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...memorySettings },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code]: unknown[] = await once(child, "close");
  if (code !== 0) throw new Error(`The action ${name} ended with ${String(code)}`);
  return measurementSchema.parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
}
