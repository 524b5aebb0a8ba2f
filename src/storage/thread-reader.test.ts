import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";

import { openThreadReader } from "./thread-reader";

/** Reads nothing, and says so. */
const program = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", ({ objects }) => parentPort.postMessage(objects.map(({ id }) => ({ id, whole: null }))));`;

it("leaves a thread alone that could not read what the plain reader could, 64 times in a row", async () => {
  const whole = { content: Buffer.from("x"), sha256: "", crc32: 0 };
  let requests = 0;
  const startThread = () => {
    const worker = new Worker(program, { eval: true });
    worker.on("message", () => (requests += 1));
    return worker;
  };
  const plain = { read: async () => whole };
  const reader = openThreadReader(plain, { together: 1, groupsAtOnce: 1, paysForThread: () => true, startThread, place: null });
  await expect.poll(async () => (await reader.read("a", 1), requests), { interval: 1 }).toBe(1);
  for (let read = 0; read < 200; read++) expect(await reader.read("a", 1)).toBe(whole);
  expect(requests).toBe(64);
  await reader.end();
});
