import { importRoutes } from "@/server/http/backup/import";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = importRoutes;
