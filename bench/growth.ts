import path from "node:path";

import { runAction } from "./support/run-action";
import { createSource, type World } from "./support/world";
import type { Measurement } from "./support/measure";
import { median } from "./support/median";
import { settle, vacuum } from "./support/settle";
import { createToolsArchive, importByTools } from "./support/tools";

const actions = ["export", "import", "tools import"] as const;

export interface Growth {
  action: (typeof actions)[number];
  /** Of the smallest of the sizes. */
  times: number;
  rows: number;
  microsecondsPerRow: number;
  /** Null where that is not one process of ours. */
  peakBytes: number | null;
}

const sizes = [1, 4, 16];
/** Which of them is the standard size. */
const standardTimes = 4;
/** Assets, vulnerabilities and edges of the standard size; the other tables are in proportion. */
const standardRows = 1_200_000;

/**
 * How time for each row and memory change from a quarter of the standard size to that, and to four times as much: medians
 * of the rounds. What the database's own tools take shows how much of that is the database's.
 */
export async function measureGrowth(world: World, scale: number, rounds: number): Promise<Growth[]> {
  const measured: Growth[] = [];
  for (const times of sizes) {
    const part = (scale * times) / standardTimes;
    const rows = standardRows * part;
    const all = await measureSize(world, times === standardTimes ? "source" : `times_${times}`, part, rounds);
    for (const action of actions) measured.push({ action, times, rows, ...typical(all[action], rows) });
  }
  return measured;
}

async function measureSize(world: World, name: string, part: number, rounds: number): Promise<Record<Growth["action"], Measurement[]>> {
  const { server, folder, small } = world;
  const source = await createSource(server, folder, name, part);
  const toolsArchive = await createToolsArchive(server, folder, name);
  const measured: Record<Growth["action"], Measurement[]> = { export: [], import: [], "tools import": [] };
  const settled = () => settle(world, [name, `${name}.zip`, `${name}.tools.zip`]);
  for (let round = 0; round < rounds; round++) {
    await vacuum(world, ["target", "tools_target", "target_part"]);
    await settled();
    const exported = { ...source, bundle: path.join(folder, "exported.zip") };
    measured.export.push(await runAction("export", exported, { ...small, bundle: path.join(folder, "warm.zip") }, server.pid));
    await settled();
    const target = { ...source, ...(await world.freshTarget("target_part")) };
    measured.import.push(await runAction("import", target, { ...small, ...(await world.freshTarget("warm")) }, server.pid));
    await settled();
    measured["tools import"].push(await importByTools(world, toolsArchive));
  }
  return measured;
}

function typical(measurements: readonly Measurement[], rows: number): Pick<Growth, "microsecondsPerRow" | "peakBytes"> {
  const peaks = measurements.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    microsecondsPerRow: (median(measurements.map(({ seconds }) => seconds)) / rows) * 1e6,
    peakBytes: peaks.length === 0 ? null : median(peaks),
  };
}
