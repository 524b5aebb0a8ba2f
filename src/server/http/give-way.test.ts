import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, it } from "vitest";

import { giveWay, noteRequest } from "./give-way";

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

async function ask(): Promise<{ answer: () => Promise<void>; leave: () => void }> {
  const asked = once(server, "asked");
  const leaving = new AbortController();
  const fetching = fetch(url, { signal: leaving.signal }).then((response) => response.text());
  fetching.catch(() => undefined);
  const [response] = (await asked) as [ServerResponse];
  const answer = async () => {
    response.end("answer");
    await fetching;
  };
  return { answer, leave: () => leaving.abort() };
}

async function waited(): Promise<number> {
  const startedAt = performance.now();
  await giveWay();
  return performance.now() - startedAt;
}

it("waits for nobody where nobody asks", async () => {
  expect(await waited()).toBeLessThan(10);
});

it("forgets what is answered", async () => {
  const { answer } = await ask();
  await answer();
  await sleep(20);
  expect(await waited()).toBeLessThan(10);
});

it("waits fifteen milliseconds and no longer", async () => {
  const { answer } = await ask();
  const milliseconds = await waited();
  expect(milliseconds).toBeGreaterThanOrEqual(14);
  expect(milliseconds).toBeLessThan(60);
  await answer();
});

it("does not wait for those that take long", async () => {
  const { answer } = await ask();
  await sleep(220);
  expect(await waited()).toBeLessThan(10);
  await answer();
});

it("forgets who left", async () => {
  const { leave } = await ask();
  leave();
  await sleep(20);
  expect(await waited()).toBeLessThan(10);
});
