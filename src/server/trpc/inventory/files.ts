import { z } from "zod";

import { file_type } from "@/generated/prisma/enums";

import { contains, countRows, equals, listings, pageSize, readPage, readRecord } from "../../inventory";
import { router, signedInProcedure } from "../procedures";
import { countSchema, filterSchema, idSchema, ofOrganization, pageSchema, recordSchema, rowsSchema } from "./schemas";

const fileFilterSchema = filterSchema.extend({ type: z.enum(file_type).optional() });

const rowSchema = ofOrganization.extend({
  original_name: z.string(),
  file_type: z.enum(file_type),
  content_type: z.string(),
  size_bytes: z.string(),
  sha256: z.string(),
  created_at: z.string(),
});
type Row = z.output<typeof rowSchema>;

export const filesRouter = router({
  list: signedInProcedure
    .input(fileFilterSchema.extend(pageSchema))
    .output(rowsSchema(rowSchema))
    .query(async ({ input }) => ({ rows: await readPage<Row>(listings.files, conditions(input), input.page) })),

  count: signedInProcedure
    .input(fileFilterSchema)
    .output(countSchema)
    .query(async ({ input }) => ({ total: await countRows(listings.files, conditions(input)), page_size: pageSize })),

  get: signedInProcedure
    .input(idSchema)
    .output(recordSchema(rowSchema))
    .query(({ input }) => readRecord<Row>("files", input.id)),
});

function conditions({ search, organization_id, type }: z.output<typeof fileFilterSchema>) {
  return [
    ...equals("listed.organization_id", organization_id),
    ...equals("listed.file_type", type),
    ...contains(["listed.original_name"], search),
  ];
}
