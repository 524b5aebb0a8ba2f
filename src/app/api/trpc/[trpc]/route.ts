import { trpcRoutes } from "@/server/trpc/routes";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export const { GET, POST, PUT, PATCH, DELETE } = trpcRoutes;
