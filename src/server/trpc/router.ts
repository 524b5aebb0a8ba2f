import { apiKeysRouter } from "./api-keys/router";
import { router } from "./procedures";
import { systemBackupRouter } from "./system-backup/router";

export const appRouter = router({
  apiKeys: apiKeysRouter,
  systemBackup: systemBackupRouter,
});

export type AppRouter = typeof appRouter;
