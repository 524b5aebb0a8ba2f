// Waits until its standard input ends, which it does when the test run ends or dies.
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";

const [directory, cluster] = process.argv.slice(2);

process.stdin.resume().on("end", reap).on("error", reap);

function reap() {
  try {
    const pid = Number(readFileSync(path.join(cluster, "postmaster.pid"), "utf8").split("\n")[0]);
    // Immediate shutdown: the data is thrown away in the next line.
    process.kill(pid, "SIGQUIT");
  } catch {
    // It had ended already.
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  process.exit();
}
