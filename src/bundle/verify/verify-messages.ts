import { z } from "zod";

import type { BundleLimits } from "../limits";
import { refusalSchema } from "../refusal-schema";
import type { LongestRows } from "./run-reader";
import type { Run } from "./runs";

/** What a thread that verifies is told: by this very program, so that types hold it. */
export type VerifyRequest = { kind: "archive"; fd: number; limits: BundleLimits } | { kind: "run"; run: Run };

const longestRowsSchema = z.array(z.tuple([z.string(), z.number()])) satisfies z.ZodType<LongestRows>;

/** What it answers to a run; an archive is not answered. */
export const verifyAnswerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("verified"), longestRows: longestRowsSchema }),
  refusalSchema,
]);
export type VerifyAnswer = z.infer<typeof verifyAnswerSchema>;
