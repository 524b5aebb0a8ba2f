import { ensureGenerated } from "../../scripts/support/prepare.mjs";

/** Tests run the encoding thread as it is now, also where they are started by themselves. */
export default ensureGenerated;
