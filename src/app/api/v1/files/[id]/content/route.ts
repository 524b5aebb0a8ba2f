import { fileContentRoutes } from "@/server/http/inventory/file-content";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = fileContentRoutes;
