import { z } from "zod";

import { rowErrorSchema } from "../report";

/** What an encoding thread is told, and what it answers to each batch; a table is not answered. */

const bytes = z.instanceof<typeof Uint8Array<ArrayBuffer>>(Uint8Array);

const substitutionSchema = z.discriminatedUnion("by", [
  z.object({ by: z.literal("one id"), id: z.string() }),
  z.object({ by: z.literal("itself where known"), known: z.set(z.string()) }),
  z.object({ by: z.literal("none") }),
]);

const formSchema = z.object({
  only: bytes.nullable(),
  leaveOut: z.object({ from: z.number(), columns: z.set(z.string()) }).nullable(),
  indexed: z.boolean(),
  substitutions: z.map(z.string(), substitutionSchema),
});

export const requestSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("table"),
    name: z.string(),
    requiredColumns: z.array(z.string()),
    form: formSchema,
  }),
  z.object({
    kind: z.literal("batch"),
    firstRow: z.number(),
    bytes,
    ends: z.instanceof<typeof Uint32Array<ArrayBuffer>>(Uint32Array),
    columns: z.array(z.string()).nullable(),
  }),
]);
export type EncodingRequest = z.infer<typeof requestSchema>;

export const answerSchema = z.object({
  rows: z.number(),
  lines: z.array(bytes),
  errors: z.array(rowErrorSchema),
  errorCount: z.number(),
  columns: z.array(z.string()).nullable(),
  unknownColumns: z.array(z.string()),
  substitutedByNone: z.map(z.string(), z.number()),
  ascent: z.object({ from: z.string(), to: z.string() }).nullable(),
});
