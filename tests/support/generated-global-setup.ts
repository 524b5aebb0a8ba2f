import { ensureGenerated } from "../../scripts/support/prepare.mjs";

/** Tests run the thread for rows as it is now, also where they are started by themselves. */
export default ensureGenerated;
