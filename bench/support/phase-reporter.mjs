// Loaded into the application by --import: says of each phase of a load how late the event loop was and how far memory grew.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const folder = process.env.BENCH_PHASES;
const resolutionMilliseconds = 1;
const lookMilliseconds = 100;

// Threads load it, too.
if (isMainThread) report();

function report() {
  const stalls = monitorEventLoopDelay({ resolution: resolutionMilliseconds });
  stalls.enable();
  let phase = "start";

  setInterval(() => {
    const next = readFileSync(path.join(folder, "phase"), "utf8");
    if (next === phase) return;
    const milliseconds = (nanoseconds) => Math.max(nanoseconds / 1e6 - resolutionMilliseconds, 0);
    const found = {
      longestMilliseconds: milliseconds(stalls.max),
      p99Milliseconds: milliseconds(stalls.percentile(99)),
      peakBytes: memory("VmHWM"),
      residentBytes: memory("VmRSS"),
    };
    writeFileSync(path.join(folder, `${phase}.json`), JSON.stringify(found));
    // proc(5): 5 resets the peak.
    writeFileSync("/proc/self/clear_refs", "5");
    stalls.reset();
    phase = next;
  }, lookMilliseconds).unref();
}

function memory(field) {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}
