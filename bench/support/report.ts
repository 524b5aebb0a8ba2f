import type { Comparison, Step } from "../comparisons";
import type { Growth } from "../growth";
import type { SmallObjects } from "../small-objects";
import type { Measurement } from "./measure";
import { median } from "./median";

export interface StepSummary extends Measurement {
  step: Step;
  rounds: number;
  fastest: number;
  slowest: number;
}

export interface Ratio {
  name: string;
  ratio: number;
  reach: number;
  /** What the ratio would be if the step kept every core busy with the CPU that it and its servers used. */
  ratioAllBusy: number;
}

export interface Summary {
  scale: number;
  rounds: number;
  machine: { processor: string; cores: number; memoryBytes: number; node: string };
  steps: StepSummary[];
  ratios: Ratio[];
  growth: Growth[];
  objects: SmallObjects | null;
}

const megabyte = 1024 * 1024;

/** Medians; of ratios, too: each of a step and what it is compared with in the same round. */
export function summarise(
  measured: ReadonlyMap<Step, readonly Measurement[]>,
  comparisons: readonly Comparison[],
  cores: number,
): Pick<Summary, "steps" | "ratios"> {
  const steps = [...measured].map(([step, all]) => ({
    step,
    rounds: all.length,
    seconds: median(all.map(({ seconds }) => seconds)),
    fastest: Math.min(...all.map(({ seconds }) => seconds)),
    slowest: Math.max(...all.map(({ seconds }) => seconds)),
    cpuSeconds: median(all.map(({ cpuSeconds }) => cpuSeconds)),
    clientCpuSeconds: median(all.map(({ clientCpuSeconds }) => clientCpuSeconds)),
    postgresCpuSeconds: median(all.map(({ postgresCpuSeconds }) => postgresCpuSeconds)),
    s3CpuSeconds: all.some(({ s3CpuSeconds }) => s3CpuSeconds === null) ? null : median(all.map(({ s3CpuSeconds }) => s3CpuSeconds ?? 0)),
    peakBytes: all.some(({ peakBytes }) => peakBytes === null) ? null : Math.max(...all.map(({ peakBytes }) => peakBytes ?? 0)),
    stall: worstStall(all),
  }));
  const ratios = comparisons.flatMap(({ name, step, against, reach }) => {
    const others = measured.get(against) ?? [];
    const pairs = (measured.get(step) ?? []).flatMap((one, round) => {
      const other = others[round];
      return other === undefined ? [] : [{ one, other }];
    });
    if (pairs.length === 0) return [];
    const ratio = median(pairs.map(({ one, other }) => one.seconds / other.seconds));
    const ratioAllBusy = median(pairs.map(({ one, other }) => allCpuSeconds(one) / cores / other.seconds));
    return [{ name, ratio, reach, ratioAllBusy }];
  });
  return { steps, ratios };
}

function allCpuSeconds({ cpuSeconds, clientCpuSeconds, postgresCpuSeconds, s3CpuSeconds }: Measurement): number {
  return cpuSeconds + clientCpuSeconds + postgresCpuSeconds + (s3CpuSeconds ?? 0);
}

function worstStall(all: readonly Measurement[]): Measurement["stall"] {
  const stalls = all.flatMap(({ stall }) => (stall === null ? [] : [stall]));
  if (stalls.length === 0) return null;
  return {
    longestMilliseconds: Math.max(...stalls.map(({ longestMilliseconds }) => longestMilliseconds)),
    p99Milliseconds: median(stalls.map(({ p99Milliseconds }) => p99Milliseconds)),
  };
}

/** For people, and in the form of Markdown for docs/performance.md. */
export function text({ machine, scale, rounds, steps, ratios, growth, objects }: Summary): string {
  const stepLines = steps.map(({ step, seconds, fastest, slowest, cpuSeconds, postgresCpuSeconds, s3CpuSeconds, peakBytes, stall }) =>
    line([
      step,
      `${seconds.toFixed(2)} (${fastest.toFixed(2)}–${slowest.toFixed(2)})`,
      cpuSeconds.toFixed(2),
      postgresCpuSeconds.toFixed(2),
      s3CpuSeconds?.toFixed(2) ?? "–",
      mebibytes(peakBytes),
      stall === null ? "–" : `${stall.longestMilliseconds.toFixed(0)} / ${stall.p99Milliseconds.toFixed(0)}`,
    ]),
  );
  const ratioLines = ratios.map(({ name, ratio, ratioAllBusy, reach }) =>
    line([name, ratio.toFixed(2), ratioAllBusy.toFixed(2), reach.toFixed(2), ratio <= reach ? "yes" : "no"]),
  );
  const growthLines = growth.map(({ action, times, rows, microsecondsPerRow, peakBytes }) =>
    line([action, `${times}×`, String(Math.round(rows)), microsecondsPerRow.toFixed(1), mebibytes(peakBytes)]),
  );
  return [
    `${machine.cores} cores of ${machine.processor}, ${(machine.memoryBytes / megabyte / 1024).toFixed(0)} GiB, Node ${machine.node}; scale ${scale}, medians of ${rounds}`,
    "",
    line(["step", "seconds (fastest–slowest)", "CPU s", "PostgreSQL CPU s", "S3 CPU s", "peak MiB above idle", "stall ms, longest / p99"]),
    line(["---", "---", "---", "---", "---", "---", "---"]),
    ...stepLines,
    "",
    line(["compared", "ratio", "with all cores busy", "reach", "reached"]),
    line(["---", "---", "---", "---", "---"]),
    ...ratioLines,
    "",
    line(["growth", "size", "assets, vulnerabilities and edges", "µs a row", "peak MiB above idle"]),
    line(["---", "---", "---", "---", "---"]),
    ...growthLines,
    ...(objects === null ? [] : ["", ...objectLines(objects)]),
  ].join("\n");
}

function objectLines(objects: SmallObjects): string[] {
  const compared = (name: string, seconds: number, oneAfterAnother: number) =>
    line([name, seconds.toFixed(1), oneAfterAnother.toFixed(0), (oneAfterAnother / seconds).toFixed(1)]);
  return [
    line([`${objects.objects} objects of 10 kB, S3 20 ms away`, "seconds", "one after another", "times as fast"]),
    line(["---", "---", "---", "---"]),
    compared("export", objects.exportSeconds, objects.oneAfterAnotherExportSeconds),
    compared("import", objects.importSeconds, objects.oneAfterAnotherImportSeconds),
  ];
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? "–" : (bytes / megabyte).toFixed(0);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
