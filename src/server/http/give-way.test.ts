import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, it } from "vitest";

import { givingWay, noteRequest } from "./give-way";

const server = createServer((_request, response) => {
  noteRequest(response);
  server.emit("asked", response);
});
let url: string;

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(): Promise<{ answer: () => Promise<void>; leave: () => void; closed: Promise<unknown> }> {
  const asked = once(server, "asked");
  const leaving = new AbortController();
  const fetching = fetch(url, { signal: leaving.signal }).then((response) => response.text());
  fetching.catch(() => undefined);
  const [response] = (await asked) as [ServerResponse];
  const answer = async () => {
    response.end("answer");
    await fetching;
  };
  return { answer, leave: () => leaving.abort(), closed: once(response, "close") };
}

/** Milliseconds that work waits which has begun before those ask who are to go first. */
async function waited(giveWay: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await giveWay();
  return performance.now() - startedAt;
}

/** Less than the fifteen milliseconds that it waits for somebody. */
const forNobody = 10;

it("waits for nobody where nobody asks", async () => {
  expect(await waited(givingWay())).toBeLessThan(forNobody);
});

it("does not wait for the request that it is the answer to, nor for those before it", async () => {
  const { answer } = await ask();
  expect(await waited(givingWay())).toBeLessThan(forNobody);
  await answer();
});

it("waits fifteen milliseconds for others and no longer", async () => {
  const giveWay = givingWay();
  const { answer } = await ask();
  const milliseconds = await waited(giveWay);
  expect(milliseconds).toBeGreaterThanOrEqual(14);
  expect(milliseconds).toBeLessThan(150);
  await answer();
});

it("works ten milliseconds before it waits again", async () => {
  const giveWay = givingWay();
  const { answer } = await ask();
  await giveWay();
  expect(await waited(giveWay)).toBeLessThan(forNobody);
  await sleep(12);
  expect(await waited(giveWay)).toBeGreaterThanOrEqual(14);
  await answer();
});

it("forgets what is answered", async () => {
  const giveWay = givingWay();
  const { answer, closed } = await ask();
  await answer();
  await closed;
  expect(await waited(giveWay)).toBeLessThan(forNobody);
});

it("forgets who left", async () => {
  const giveWay = givingWay();
  const { leave, closed } = await ask();
  leave();
  await closed;
  expect(await waited(giveWay)).toBeLessThan(forNobody);
});

it("does not wait for those that take long", async () => {
  const giveWay = givingWay();
  const { answer } = await ask();
  await sleep(220);
  expect(await waited(giveWay)).toBeLessThan(forNobody);
  await answer();
});
