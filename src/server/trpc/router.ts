import { apiKeysRouter } from "./api-keys/router";
import { inventoryRouter } from "./inventory/router";
import { overviewRouter } from "./overview/router";
import { router } from "./procedures";
import { systemBackupRouter } from "./system-backup/router";

export const appRouter = router({
  overview: overviewRouter,
  inventory: inventoryRouter,
  systemBackup: systemBackupRouter,
  apiKeys: apiKeysRouter,
});

export type AppRouter = typeof appRouter;
