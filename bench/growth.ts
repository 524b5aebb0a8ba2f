import { rm } from "node:fs/promises";
import path from "node:path";

import { runAction } from "./support/run-action";
import { createSource, type World } from "./support/world";
import type { Measurement } from "./support/measure";
import { median } from "./support/median";
import { settle } from "./support/settle";
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

/** Nothing stays that is not needed any more: the largest size takes some tens of gigabytes each time that it is there. */
async function measureSize(world: World, name: string, part: number, rounds: number): Promise<Record<Growth["action"], Measurement[]>> {
  const { server, folder, small } = world;
  const isOwn = name !== "source";
  const source = await createSource(server, folder, name, part);
  const toolsArchive = await createToolsArchive(server, folder, name);
  const measured: Record<Growth["action"], Measurement[]> = { export: [], import: [], "tools import": [] };
  const note = (action: Growth["action"], measurement: Measurement) => {
    measured[action].push(measurement);
    process.stderr.write(`growth, ${part} of the standard size: ${action} ${measurement.seconds.toFixed(1)} s\n`);
  };
  const exported = { ...source, bundle: path.join(folder, "exported.zip") };
  for (let round = 0; round < rounds; round++) {
    await settle(world, [name]);
    note("export", await runAction("export", exported, { ...small, bundle: path.join(folder, "warm.zip") }, server.processes));
    await rm(exported.bundle);
  }
  if (isOwn) await drop(world, name, [name]);
  for (let round = 0; round < rounds; round++) {
    await settle(world, [`${name}.zip`]);
    const target = { ...source, ...(await world.freshTarget("target_part")) };
    note("import", await runAction("import", target, { ...small, ...(await world.freshTarget("warm")) }, server.processes));
    await drop(world, "target_part", ["target_part"]);
    await settle(world, [`${name}.tools.zip`]);
    note("tools import", await importByTools(world, toolsArchive));
    await drop(world, "tools_target", ["tools-target"]);
  }
  if (isOwn) await drop(world, name, [`${name}.zip`, `${name}.tools.zip`]);
  return measured;
}

async function drop({ server, folder }: World, database: string, files: readonly string[]): Promise<void> {
  await server.dropDatabase(database);
  for (const name of files) await rm(path.join(folder, name), { recursive: true, force: true });
}

function typical(measurements: readonly Measurement[], rows: number): Pick<Growth, "microsecondsPerRow" | "peakBytes"> {
  const peaks = measurements.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    microsecondsPerRow: (median(measurements.map(({ seconds }) => seconds)) / rows) * 1e6,
    peakBytes: peaks.length === 0 ? null : median(peaks),
  };
}
