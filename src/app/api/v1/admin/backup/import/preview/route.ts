import { previewRoutes } from "@/server/http/backup/preview";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = previewRoutes;
