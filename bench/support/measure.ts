import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";

export const measurementSchema = z.object({
  seconds: z.number(),
  /** Of the process that did the work, or of the programs that did. */
  cpuSeconds: z.number(),
  /** Of who asked a server for it. */
  clientCpuSeconds: z.number(),
  postgresCpuSeconds: z.number(),
  /** Null where no S3 server was watched. */
  s3CpuSeconds: z.number().nullable(),
  /** Peak resident size above what it was at the beginning. Null where that is not one process of ours. */
  peakBytes: z.number().nullable(),
  stall: z.object({ longestMilliseconds: z.number(), p99Milliseconds: z.number() }).nullable(),
});
export type Measurement = z.infer<typeof measurementSchema>;

/** Process ids of the servers that work along. */
export const serverProcessesSchema = z.object({ postgres: z.int(), s3: z.array(z.int()).readonly() });
export type ServerProcesses = z.infer<typeof serverProcessesSchema>;

const nanoseconds = 1e9;
/** sysconf(_SC_CLK_TCK), which Linux has fixed at 100 for user space. */
const ticksPerSecond = 100;
const pageKilobytes = 1024;
const resolutionMilliseconds = 1;

/** Measures work of this very process. */
export async function measureHere(servers: ServerProcesses, work: () => Promise<unknown>): Promise<Measurement> {
  collectGarbage();
  const idleBytes = residentBytes("VmRSS");
  resetPeak();
  const stalls = monitorEventLoopDelay({ resolution: resolutionMilliseconds });
  const cpuBefore = process.cpuUsage();
  const serversSeconds = watchServers(servers);
  stalls.enable();
  const startedAt = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - startedAt) / nanoseconds;
  stalls.disable();
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    clientCpuSeconds: 0,
    ...serversSeconds(),
    peakBytes: Math.max(residentBytes("VmHWM") - idleBytes, 0),
    stall: {
      // The monitor's timer itself is due after its resolution.
      longestMilliseconds: Math.max(stalls.max / 1e6 - resolutionMilliseconds, 0),
      p99Milliseconds: Math.max(stalls.percentile(99) / 1e6 - resolutionMilliseconds, 0),
    },
  };
}

/** Measures work that child processes do and that this one waits for, or that a server does. */
export async function measureChildren(servers: ServerProcesses, work: () => Promise<unknown>, serverPid: number | null = null): Promise<Measurement> {
  const cpu = () => ({ children: statOf(process.pid).childrenSeconds, server: serverPid === null ? null : statOf(serverPid).seconds });
  const before = cpu();
  const serversSeconds = watchServers(servers);
  const startedAt = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - startedAt) / nanoseconds;
  const after = cpu();
  const childrenSeconds = after.children - before.children;
  const serverSeconds = after.server === null || before.server === null ? null : after.server - before.server;
  return {
    seconds,
    cpuSeconds: serverSeconds ?? childrenSeconds,
    clientCpuSeconds: serverSeconds === null ? 0 : childrenSeconds,
    ...serversSeconds(),
    peakBytes: null,
    stall: null,
  };
}

/** @returns what tells the CPU that they have used since */
function watchServers({ postgres, s3 }: ServerProcesses): () => Pick<Measurement, "postgresCpuSeconds" | "s3CpuSeconds"> {
  const s3Seconds = () => s3.reduce((sum, pid) => sum + statOf(pid).seconds, 0);
  const before = { postgres: processTreeSeconds(postgres), s3: s3Seconds() };
  return () => ({
    postgresCpuSeconds: processTreeSeconds(postgres) - before.postgres,
    s3CpuSeconds: s3.length === 0 ? null : s3Seconds() - before.s3,
  });
}

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error("Measure with --expose-gc");
  globalThis.gc();
}

/** proc(5): 5 resets the peak resident size. */
function resetPeak(): void {
  writeFileSync("/proc/self/clear_refs", "5");
}

function residentBytes(field: "VmRSS" | "VmHWM"): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kilobytes) * pageKilobytes;
}

/** CPU of a server: itself, the sessions that it has, and those that it had. */
function processTreeSeconds(pid: number): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [statOf(Number(name))];
      } catch {
        // Gone since the folder was read.
        return [];
      }
    });
  const own = processes.filter((one) => one.pid === pid || one.parent === pid);
  return own.reduce((sum, one) => sum + one.seconds + one.childrenSeconds, 0);
}

/** proc(5), /proc/pid/stat: fields 4 and 14 to 17, after the name, which may hold anything. */
function statOf(pid: number): { pid: number; parent: number; seconds: number; childrenSeconds: number } {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const field = (number: number) => fields[number - 3] ?? 0;
  return {
    pid,
    parent: field(4),
    seconds: (field(14) + field(15)) / ticksPerSecond,
    childrenSeconds: (field(16) + field(17)) / ticksPerSecond,
  };
}
