import { z } from "zod";

import { refusalSchema } from "./refusal-schema";

/** What a thread that packs rows is told: by this very program, so that types hold it. */
export type PackRequest =
  | { kind: "table"; name: string }
  | { kind: "rows"; json: Uint8Array<ArrayBuffer> }
  | { kind: "end of rows" };

/** What it answers to rows, and to their end; a table is not answered. */

const bytes = z.instanceof<typeof Uint8Array<ArrayBuffer>>(Uint8Array);

const packedSchema = z.object({
  kind: z.literal("packed"),
  packed: z.array(bytes),
  /** The rows' buffer, to be used again; null at the end. */
  spare: bytes.nullable(),
  table: z.object({ rows: z.number(), size: z.number(), crc32: z.number(), sha256: z.string() }).nullable(),
});

export const packAnswerSchema = z.discriminatedUnion("kind", [packedSchema, refusalSchema]);
export type PackAnswer = z.infer<typeof packAnswerSchema>;
