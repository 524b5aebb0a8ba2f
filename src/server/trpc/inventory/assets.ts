import { z } from "zod";

import { asset_status, asset_type } from "@/generated/prisma/enums";

import { contains, countRows, equals, listings, pageSize, readPage, readRecord } from "../../inventory";
import { router, signedInProcedure } from "../procedures";
import { countSchema, filterSchema, idSchema, ofOrganization, pageSchema, recordSchema, rowsSchema } from "./schemas";

const assetFilterSchema = filterSchema.extend({
  type: z.enum(asset_type).optional(),
  status: z.enum(asset_status).optional(),
});

const rowSchema = ofOrganization.extend({
  type: z.enum(asset_type),
  value: z.string(),
  status: z.enum(asset_status),
  risk_score: z.string(),
  source_plugin: z.string(),
  tags: z.array(z.string()),
  last_seen_at: z.string(),
});
type Row = z.output<typeof rowSchema>;

export const assetsRouter = router({
  list: signedInProcedure
    .input(assetFilterSchema.extend(pageSchema))
    .output(rowsSchema(rowSchema))
    .query(async ({ input }) => ({ rows: await readPage<Row>(listings.assets, conditions(input), input.page) })),

  count: signedInProcedure
    .input(assetFilterSchema)
    .output(countSchema)
    .query(async ({ input }) => ({ total: await countRows(listings.assets, conditions(input)), page_size: pageSize })),

  get: signedInProcedure
    .input(idSchema)
    .output(recordSchema(rowSchema))
    .query(({ input }) => readRecord<Row>("assets", input.id)),
});

function conditions({ search, organization_id, type, status }: z.output<typeof assetFilterSchema>) {
  return [
    ...equals("listed.organization_id", organization_id),
    ...equals("listed.type", type),
    ...equals("listed.status", status),
    ...contains(["listed.normalized_value"], search),
  ];
}
