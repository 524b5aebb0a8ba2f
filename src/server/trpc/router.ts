import { apiKeysRouter } from "./api-keys/router";
import { router } from "./procedures";

export const appRouter = router({
  apiKeys: apiKeysRouter,
});

export type AppRouter = typeof appRouter;
