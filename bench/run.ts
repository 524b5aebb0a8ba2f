import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { rm } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

import { comparisons, steps, type Step } from "./comparisons";
import { summarise, table } from "./support/report";
import type { Measurement } from "./support/measure";
import { shell } from "./support/shell";
import { createWorld } from "./support/world";

/** `npm run bench`: everything side by side, interleaved, in one run. */
const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    folder: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const stepNames = Object.keys(steps).filter((name): name is Step => name in steps);
const chosen = values.only === "" ? stepNames : stepNames.filter((name) => values.only.split(",").includes(name));
const folder = path.resolve(values.folder ?? path.join(tmpdir(), `system-backup-bench-${process.pid}`));
const world = await createWorld(folder, Number(values.scale));
const measured = new Map<Step, Measurement[]>(chosen.map((name) => [name, []]));
try {
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const name of chosen) {
      // What the step before left to write must not be paid by this one.
      await world.server.query("postgres", "CHECKPOINT");
      await shell("sync");
      const measurement = await steps[name](world);
      measured.get(name)?.push(measurement);
      process.stderr.write(`round ${round}: ${name} ${measurement.seconds.toFixed(1)} s\n`);
    }
  }
} finally {
  await world.server.stop();
  if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
}
const machine = { processor: cpus()[0]?.model ?? "", cores: availableParallelism(), memoryBytes: totalmem(), node: process.version };
const summary = summarise(measured, comparisons);
console.log(values.json ? JSON.stringify({ machine, scale: Number(values.scale), ...summary }, null, 2) : table(summary));
