import { authenticateAdmin } from "../../auth";
import { getRun, listRuns } from "../../runs";
import { endpoint, type Call } from "../endpoint";
import { parseInput } from "../json-body";
import { runsQuerySchema } from "./schemas";

const headers = { "cache-control": "no-store" };

export const runsRoutes = endpoint({ GET: handleList });
export const runRoutes = endpoint({ GET: handleOne });

async function handleList({ request }: Call): Promise<Response> {
  await authenticateAdmin(request);
  const query = parseInput(Object.fromEntries(new URL(request.url).searchParams), runsQuerySchema);
  const runs = await listRuns(query);
  const next = runs.length === query.limit ? (runs.at(-1)?.id ?? null) : null;
  return Response.json({ runs, next }, { headers });
}

async function handleOne({ request, params }: Call): Promise<Response> {
  await authenticateAdmin(request);
  return Response.json(await getRun(String(params.id)), { headers });
}
