import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { rm } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

import { whyNoS3Server } from "../tests/support/s3-server";
import { comparisons, steps, type Step } from "./comparisons";
import { measureGrowth } from "./growth";
import { measureSmallObjects } from "./small-objects";
import { summarise, text } from "./support/report";
import type { Measurement } from "./support/measure";
import { settle, vacuum } from "./support/settle";
import { createWorld, type World } from "./support/world";

/** `npm run bench`: everything side by side, interleaved, in one run. */
const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    rounds: { type: "string", default: "5" },
    /** Some steps by name, or `growth`, or `objects`. */
    only: { type: "string", default: "" },
    /** Kept, and used again by the next run of the same scale. */
    folder: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const known = [...Object.keys(steps), "growth", "objects"];
const unknown = values.only === "" ? [] : values.only.split(",").filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`There is no step ${unknown.join(", ")}; there are ${known.join(", ")}`);
const scale = Number(values.scale);
const rounds = Number(values.rounds);
const chosen = values.only === "" ? null : values.only.split(",");
const whyNoS3 = whyNoS3Server();
if (whyNoS3 !== null) process.stderr.write(`Nothing is measured on S3: ${whyNoS3}\n`);
const isChosen = (name: string) => (chosen === null || chosen.includes(name)) && !(whyNoS3 !== null && needsS3(name));
const smallObjects = Math.ceil(20_000 * Math.min(scale, 1));

const folder = path.resolve(values.folder ?? path.join(tmpdir(), `system-backup-bench-${process.pid}`));
const world = await createWorld(folder, scale);
try {
  const measured = await measureSteps(world);
  const growth = isChosen("growth") ? await measureGrowth(world, scale, Math.min(rounds, 3)) : [];
  const objects = isChosen("objects") ? await measureSmallObjects(world, smallObjects) : null;
  const machine = { processor: cpus()[0]?.model ?? "", cores: availableParallelism(), memoryBytes: totalmem(), node: process.version };
  const summary = { machine, scale, rounds, ...summarise(measured, comparisons, machine.cores), growth, objects };
  console.log(values.json ? JSON.stringify(summary, null, 2) : text(summary));
} finally {
  await world.stop();
  if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
}

function needsS3(name: string): boolean {
  return name === "objects" || name.endsWith("with S3");
}

async function measureSteps(world: World): Promise<Map<Step, Measurement[]>> {
  const names = Object.keys(steps).filter((name): name is Step => name in steps && isChosen(name));
  const measured = new Map<Step, Measurement[]>(names.map((name) => [name, []]));
  // Its objects are sent now, so that what the server does with them is over when it is measured.
  if (names.some(needsS3)) await world.s3();
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      await vacuum(world, ["target", "target_http", "target_s3", "tools_target"]);
      await settle(world, ["source", "source.zip", "source.tools.zip"]);
      const measurement = await steps[name](world);
      measured.get(name)?.push(measurement);
      process.stderr.write(`round ${round}: ${name} ${measurement.seconds.toFixed(1)} s\n`);
    }
  }
  return measured;
}
