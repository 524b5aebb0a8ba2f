import { spawn } from "node:child_process";

const signals = ["SIGINT", "SIGTERM"];

/** Lines for people go to standard error: standard output belongs to what the program was asked for. */
export function notice(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs a command, its output on standard error. Resolves to its exit code; a signal counts as 1. */
export function run(command, parameters, { cwd, env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    let output = "";
    const child = spawn(command, parameters, { cwd, env, stdio: ["ignore", quiet ? "pipe" : 2, quiet ? "pipe" : 2] });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
    // A signal ends the command too, rather than leave it behind.
    let interrupted = false;
    const interrupt = (signal) => {
      interrupted = true;
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, interrupt);
    child.on("error", reject);
    child.on("close", (code) => {
      for (const signal of signals) process.off(signal, interrupt);
      if (interrupted) return reject(new StepError("Interrupted."));
      if (quiet && code !== 0) process.stderr.write(output);
      resolve(code ?? 1);
    });
  });
}

/** Runs a step that the program cannot do without. */
export async function runStep(what, command, parameters, options) {
  notice(what);
  const code = await run(command, parameters, { ...options, quiet: true });
  if (code !== 0) throw new StepError(`${what} failed: \`${command} ${parameters.join(" ")}\` ended with ${code}.`);
}

/** A failure that was explained on standard error already. */
export class StepError extends Error {}
