/** Opens the bundle named by the argument in a process of its own and prints what that cost, as JSON. */
import { openBundle, BundleError } from "@/bundle";

const path = process.argv[2] ?? "";
const before = process.memoryUsage.rss();
let peak = before;
let late = 0;
let tick = now();
const timer = setInterval(() => {
  const passed = { time: now().time - tick.time, work: now().work - tick.work };
  // On a busy machine others' work makes us late; what we worked meanwhile is the most that is our own doing.
  late = Math.max(late, Math.min(passed.time, passed.work) - 5);
  tick = now();
  peak = Math.max(peak, process.memoryUsage.rss());
}, 5);
const started = performance.now();
const outcome = await openBundle(path)
  .then(async (bundle) => {
    let rows = 0;
    for (const table of Object.keys(bundle.manifest.tables)) {
      for await (const batch of bundle.rows(table)) rows += batch.length;
    }
    const { count: files } = bundle.files;
    await bundle.close();
    return { rows, files };
  })
  .catch((error: unknown) => {
    if (error instanceof BundleError) return { code: error.code };
    throw error;
  });
clearInterval(timer);
peak = Math.max(peak, process.memoryUsage.rss(), process.resourceUsage().maxRSS * 1024);
console.log(
  JSON.stringify({
    ...outcome,
    mebibytes: Math.round((peak - before) / 1024 / 1024),
    milliseconds: Math.round(performance.now() - started),
    late: Math.round(late),
  }),
);

/** Milliseconds that passed, and that this process worked, on any core. */
function now(): { time: number; work: number } {
  const { user, system } = process.cpuUsage();
  return { time: performance.now(), work: (user + system) / 1000 };
}
