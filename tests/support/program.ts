import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A program of src/cli that runs as a process of its own. */
export interface RunningProgram {
  process: ChildProcess;
  /** What it has written so far. */
  output(): { stdout: string; stderr: string };
  /** Resolves when a line of its output matches; rejects when it ends without. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Sends a signal, where one is given, and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<ProgramEnd>;
}

export interface ProgramEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** What `npm start` sets as well: see docs/decisions/0024. */
export const memorySettings = { MALLOC_MMAP_THRESHOLD_: "131072" };

/** Starts src/cli/NAME.ts with these variables and nothing else of the tests' own environment. */
export function startProgram(name: string, parameters: readonly string[], variables: Record<string, string>): RunningProgram {
  const child = spawn(process.execPath, ["--import", "tsx", `src/cli/${name}.ts`, ...parameters], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", LOG_LEVEL: "warn", ...memorySettings, ...variables },
    // The channel is there for its end: a server whose test run was killed ends too.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const { stdout: out, stderr: err } = child;
  if (out === null || err === null) throw new Error("The program's output is not piped.");
  let stdout = "";
  let stderr = "";
  out.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  err.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const closed = once(child, "close");
  const output = () => ({ stdout, stderr });
  return {
    process: child,
    output,
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(stdout + stderr);
        if (found !== null) return found;
        const ended = await Promise.race([closed, once(out, "data"), once(err, "data")]);
        if (child.exitCode !== null && ended.length === 2 && pattern.exec(stdout + stderr) === null) {
          throw new Error(`${name} ended without saying ${String(pattern)}:\n${stdout}${stderr}`);
        }
      }
    },
    async end(signal) {
      if (signal !== undefined) child.kill(signal);
      await closed;
      return { code: child.exitCode, signal: child.signalCode, ...output() };
    },
  };
}
