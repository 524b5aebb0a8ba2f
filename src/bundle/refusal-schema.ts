import { z } from "zod";

import { bundleErrorCodes } from "./errors";
import type { Refusal } from "./refusal";

/** Apart from Refusal, so that threads do without zod. */
export const refusalSchema = z.object({
  kind: z.literal("refused"),
  code: z.enum(bundleErrorCodes),
  message: z.string(),
  place: z.object({ entry: z.string().optional(), row: z.number().optional(), column: z.string().optional() }),
}) satisfies z.ZodType<Refusal>;
