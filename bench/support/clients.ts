import { setTimeout as sleep } from "node:timers/promises";

export interface Answers {
  requests: number;
  errors: number;
  p95Milliseconds: number;
  longestMilliseconds: number;
}

/** Asks the addresses in turn, each client once a second, until the work is done. */
export async function askDuring(clients: number, addresses: readonly string[], headers: Record<string, string>, work: () => Promise<unknown>): Promise<Answers> {
  const times: number[] = [];
  let errors = 0;
  let done = false;
  const client = async (number: number) => {
    // Not all in the same moment.
    await sleep((number / clients) * 1000);
    for (let turn = number; !done; turn++) {
      const startedAt = performance.now();
      errors += (await isAnswered(addresses[turn % addresses.length] ?? "", headers)) ? 0 : 1;
      const took = performance.now() - startedAt;
      times.push(took);
      await sleep(Math.max(1000 - took, 0));
    }
  };
  const asking = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  try {
    await work();
  } finally {
    done = true;
    await asking;
  }
  times.sort((left, right) => left - right);
  return {
    requests: times.length,
    errors,
    p95Milliseconds: times[Math.floor(times.length * 0.95)] ?? Number.NaN,
    longestMilliseconds: times.at(-1) ?? Number.NaN,
  };
}

async function isAnswered(address: string, headers: Record<string, string>): Promise<boolean> {
  try {
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(30_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
