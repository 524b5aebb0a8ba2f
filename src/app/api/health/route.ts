import { healthRoutes } from "@/server/http/health";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = healthRoutes;
