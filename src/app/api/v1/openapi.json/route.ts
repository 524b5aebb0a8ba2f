import { openApiRoutes } from "@/server/http/openapi";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = openApiRoutes;
