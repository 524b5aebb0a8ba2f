import { abortReason } from "../abort-reason";
import { pool } from "../db";
import { logger } from "../logger";
import { objectStore } from "../object-store";
import { endpoint } from "./endpoint";
import type { Health } from "./health-schema";

/** Who asks is a load balancer or a monitor, with a patience of its own. */
const patienceMilliseconds = 3_000;

/** A second: monitors ask every few. */
const newEnoughMilliseconds = 1_000;

export const healthRoutes = endpoint({ GET: handleHealth });

/** Tells nothing but whether the two answer, so that everybody may ask. */
async function handleHealth(): Promise<Response> {
  const { database, storage } = await recentStates();
  const status = database === "up" && storage === "up" ? "ok" : "degraded";
  const health: Health = { status, database, storage };
  return Response.json(health, { status: status === "ok" ? 200 : 503, headers: { "cache-control": "no-store" } });
}

interface States {
  database: "up" | "down";
  storage: "up" | "down";
}

let recent: { states: Promise<States>; askedAt: number } | null = null;

/** To ask storage takes a write, and everybody may ask for it as often as they like. */
function recentStates(): Promise<States> {
  if (recent === null || performance.now() - recent.askedAt > newEnoughMilliseconds) recent = { states: askBoth(), askedAt: performance.now() };
  return recent.states;
}

async function askBoth(): Promise<States> {
  const [database, storage] = await Promise.all([
    stateOf("database", () => pool().query("SELECT 1")),
    stateOf("storage", (signal) => objectStore().check({ signal })),
  ]);
  return { database, storage };
}

async function stateOf(name: string, check: (signal: AbortSignal) => Promise<unknown>): Promise<"up" | "down"> {
  const patience = AbortSignal.timeout(patienceMilliseconds);
  const over = new Promise<never>((_, reject) => {
    patience.addEventListener("abort", () => reject(abortReason(patience)), { once: true });
  });
  try {
    await Promise.race([check(patience), over]);
    return "up";
  } catch (error) {
    logger().warn({ err: error }, `${name} does not answer`);
    return "down";
  }
}
