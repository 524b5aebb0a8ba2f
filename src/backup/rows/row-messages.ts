import { z } from "zod";

import { rowErrorSchema } from "../report";

/** What a thread that works on rows is told, and what it answers to each batch of lines or rows, and to the end of lines; a table is not answered. */

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
    kind: z.literal("imported table"),
    name: z.string(),
    requiredColumns: z.array(z.string()),
    form: formSchema,
  }),
  z.object({
    kind: z.literal("rows"),
    firstRow: z.number(),
    bytes,
    ends: z.instanceof<typeof Uint32Array<ArrayBuffer>>(Uint32Array),
    columns: z.array(z.string()).nullable(),
  }),
  z.object({ kind: z.literal("exported table"), name: z.string() }),
  z.object({ kind: z.literal("lines"), bytes }),
  z.object({ kind: z.literal("end of lines") }),
]);
export type RowRequest = z.infer<typeof requestSchema>;

/** To rows that are imported. */
export const encodedBatchSchema = z.object({
  rows: z.number(),
  lines: z.array(bytes),
  errors: z.array(rowErrorSchema),
  errorCount: z.number(),
  columns: z.array(z.string()).nullable(),
  unknownColumns: z.array(z.string()),
  substitutedByNone: z.map(z.string(), z.number()),
  ascent: z.object({ from: z.string(), to: z.string() }).nullable(),
});

/** To lines that are exported, and to their end. */
export const packedBatchSchema = z.object({
  rows: z.number(),
  packed: z.array(bytes),
  lines: bytes.nullable(),
  removed: z.map(z.string(), z.number()),
  table: z.object({ rows: z.number(), size: z.number(), crc32: z.number(), sha256: z.string() }).nullable(),
});
