import { authenticationRoutes } from "@/server/http/next-auth";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = authenticationRoutes;
