import { runRoutes } from "@/server/http/backup/runs";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = runRoutes;
