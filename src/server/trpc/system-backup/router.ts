import { router } from "../procedures";
import { exportsRouter } from "./exports";
import { importsRouter } from "./imports";
import { previewsRouter } from "./previews";
import { runsRouter } from "./runs";

export const systemBackupRouter = router({
  exports: exportsRouter,
  previews: previewsRouter,
  imports: importsRouter,
  runs: runsRouter,
});
