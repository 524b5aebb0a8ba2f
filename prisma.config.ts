import { defineConfig, env } from "prisma/config";

/** For Prisma's own CLI. The application applies the migrations itself when it starts. */
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(process.env.DATABASE_URL === undefined ? {} : { datasource: { url: env("DATABASE_URL") } }),
});
