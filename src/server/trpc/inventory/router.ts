import { router } from "../procedures";
import { assetsRouter } from "./assets";
import { filesRouter } from "./files";
import { organizationsRouter } from "./organizations";
import { vulnerabilitiesRouter } from "./vulnerabilities";

/** To look at: whoever may sign in may see it. */
export const inventoryRouter = router({
  organizations: organizationsRouter,
  assets: assetsRouter,
  vulnerabilities: vulnerabilitiesRouter,
  files: filesRouter,
});
