import { vi } from "vitest";

// Servers start again, storage is given up only after its retries, and what is left may last for a minute.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** Whether everything is tried (`npm run faults`) or a few points of everything (`npm test`). */
const whole = process.env["FAULTS"] === "whole";

/** Where outcomes are noted, one JSON object a line; nowhere where unset. */
export const recordFile = process.env["FAULTS_RECORD"];

/** How many points of a kind this run tries. */
export function tries(inEveryTestRun: number, inTheWhole: number): number {
  return whole ? inTheWhole : inEveryTestRun;
}

/** What is too slow for every test run. */
export const inTheWholeOnly = whole;

/** So many fractions between 0 and 1, evenly spread, at the middle of each part. */
export function spread(count: number): number[] {
  return Array.from({ length: count }, (_, index) => Number(((index + 0.5) / count).toFixed(3)));
}
