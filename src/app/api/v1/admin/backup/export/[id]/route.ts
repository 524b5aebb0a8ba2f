import { preparedExportRoutes } from "@/server/http/backup/export";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = preparedExportRoutes;
