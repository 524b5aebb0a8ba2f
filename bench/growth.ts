import path from "node:path";

import { runAction } from "./support/run-action";
import { createSource, type World } from "./support/world";
import type { Measurement } from "./support/measure";
import { settle, vacuum } from "./support/settle";

export interface Growth {
  action: "export" | "import";
  /** Of the smallest of the sizes. */
  times: number;
  rows: number;
  microsecondsPerRow: number;
  peakBytes: number;
}

const sizes = [1, 4, 16];
/** Which of them is the standard size. */
const standardTimes = 4;
/** Assets, vulnerabilities and edges of the standard size; the other tables are in proportion. */
const standardRows = 1_200_000;

/** How time for each row and memory change from a quarter of the standard size to that, and to four times as much: medians of the rounds. */
export async function measureGrowth(world: World, scale: number, rounds: number): Promise<Growth[]> {
  const { server, folder, small } = world;
  const measured: Growth[] = [];
  for (const times of sizes) {
    const part = (scale * times) / standardTimes;
    const name = times === standardTimes ? "source" : `times_${times}`;
    const source = await createSource(server, folder, name, part);
    const rows = standardRows * part;
    const exports: Measurement[] = [];
    const imports: Measurement[] = [];
    for (let round = 0; round < rounds; round++) {
      await vacuum(world, ["target", "tools_target", "target_part"]);
      await settle(world, [name, `${name}.zip`]);
      const exported = { ...source, bundle: path.join(folder, "exported.zip") };
      exports.push(await runAction("export", exported, { ...small, bundle: path.join(folder, "warm.zip") }, server.pid));
      await settle(world, [name, `${name}.zip`]);
      const target = { ...source, ...(await world.freshTarget("target_part")) };
      imports.push(await runAction("import", target, { ...small, ...(await world.freshTarget("warm")) }, server.pid));
    }
    measured.push({ action: "export", times, rows, ...typical(exports, rows) }, { action: "import", times, rows, ...typical(imports, rows) });
  }
  return measured;
}

function typical(measurements: readonly Measurement[], rows: number) {
  const seconds = measurements.map((one) => one.seconds).sort((left, right) => left - right);
  return {
    microsecondsPerRow: ((seconds[Math.floor(seconds.length / 2)] ?? 0) / rows) * 1e6,
    peakBytes: Math.max(...measurements.map(({ peakBytes }) => peakBytes ?? 0)),
  };
}
