import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import next from "next";
import { environment } from "@/server/env";
import { drain, listen } from "@/server/http-server";
import { type Installation, openInstallation } from "@/server/installation";
import { services } from "@/server/lifecycle";
import { logger } from "@/server/logger";
import { notify, runProgram } from "./run-program";
import { announceFirstAdmin } from "./with-installation";

/** How long requests that run at a shutdown may take to end; docker kills ten seconds after its SIGTERM. */
const drainMilliseconds = 7_000;

const root = fileURLToPath(new URL("../..", import.meta.url));

await runProgram(async (signal) => {
  const stopping = anySignal(signal);
  const installation = await openInstallation({ purpose: "server", name: "npm start", notify, signal: stopping });
  try {
    announceFirstAdmin(installation, (text) => process.stdout.write(`${text}\n`));
    await serve(installation, stopping);
  } finally {
    await installation.close();
  }
});

async function serve(installation: Installation, stopping: AbortSignal): Promise<void> {
  const { host, port, authUrl } = environment();
  const application = next({ dev: false, dir: root, hostname: host, port });
  await application.prepare();
  for (const service of services) await service.start();
  const handle = application.getRequestHandler();
  const server = await listen((request, response) => void handle(request, response), { host, port });
  process.stdout.write(`System Backup is up at ${authUrl} (data in ${environment().dataDirectory}).\n`);
  process.send?.({ ready: authUrl });
  const reason = await Promise.race([
    aborted(stopping).then(() => "signal" as const),
    installation.databaseEnded.then(() => "database ended" as const),
  ]);
  await shutDown(server);
  await application.close();
  if (reason === "database ended") throw new Error("The embedded database ended by itself; its server.log says why.");
}

async function shutDown(server: Server): Promise<void> {
  logger().info("shutting down");
  // Services end the runs, and with them the requests that started them; what is left when the time is over is cut off.
  await Promise.all([drain(server, drainMilliseconds), Promise.race([stopServices(), delay(drainMilliseconds)])]);
}

async function stopServices(): Promise<void> {
  for (const service of services.toReversed()) {
    await service.stop().catch((error: unknown) => logger().error({ err: error, service: service.name }, "did not stop"));
  }
}

/** Ends also when the process that started this one, and keeps a channel to it, has gone. */
function anySignal(signal: AbortSignal): AbortSignal {
  const abandoned = new AbortController();
  process.once("disconnect", () => abandoned.abort());
  return AbortSignal.any([signal, abandoned.signal]);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
