import { z } from "zod";

import { rowErrorSchema } from "@/backup";

import { serverErrorCodes } from "./problem-kinds";

/** The body of every answer that is an error: RFC 9457, and a `code` out of a closed list. */
export const problemSchema = z.object({
  type: z.string().meta({ description: "urn:system-backup:problem: and the code." }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(serverErrorCodes),
  request_id: z.uuid().optional().meta({ description: "Under which the server's log says more." }),
  option: z.string().optional().meta({ description: "The option that does not exist." }),
  field: z.string().optional().meta({ description: "The part of the request that is wrong." }),
  retry_after: z.int().optional().meta({ description: "Seconds; also sent as Retry-After." }),
  holder: z
    .object({ run_id: z.string(), started_by: z.string().nullable(), started_at: z.iso.datetime() })
    .optional()
    .meta({ description: "The import that is running." }),
  errors: z.array(rowErrorSchema).readonly().optional().meta({ description: "Of an invalid bundle: the first hundred." }),
  error_count: z.int().optional(),
  error_count_is_least: z.boolean().optional().meta({ description: "Counting stopped there: there may be more." }),
});
export type Problem = z.infer<typeof problemSchema>;
