import { z } from "zod";

import { severity, vulnerability_status } from "@/generated/prisma/enums";

import { contains, countRows, equals, listings, pageSize, readPage, readRecord } from "../../inventory";
import { router, signedInProcedure } from "../procedures";
import { countSchema, filterSchema, idSchema, ofOrganization, pageSchema, recordSchema, rowsSchema } from "./schemas";

const vulnerabilityFilterSchema = filterSchema.extend({
  severity: z.enum(severity).optional(),
  status: z.enum(vulnerability_status).optional(),
});

const rowSchema = ofOrganization.extend({
  asset_id: z.string(),
  asset_value: z.string(),
  external_id: z.string(),
  title: z.string(),
  severity: z.enum(severity),
  status: z.enum(vulnerability_status),
  cvss_score: z.string().nullable(),
  last_seen_at: z.string(),
});
type Row = z.output<typeof rowSchema>;

export const vulnerabilitiesRouter = router({
  list: signedInProcedure
    .input(vulnerabilityFilterSchema.extend(pageSchema))
    .output(rowsSchema(rowSchema))
    .query(async ({ input }) => ({ rows: await readPage<Row>(listings.vulnerabilities, conditions(input), input.page) })),

  count: signedInProcedure
    .input(vulnerabilityFilterSchema)
    .output(countSchema)
    .query(async ({ input }) => ({
      total: await countRows(listings.vulnerabilities, conditions(input)),
      page_size: pageSize,
    })),

  get: signedInProcedure
    .input(idSchema)
    .output(recordSchema(rowSchema))
    .query(({ input }) => readRecord<Row>("vulnerabilities", input.id)),
});

function conditions({ search, organization_id, severity, status }: z.output<typeof vulnerabilityFilterSchema>) {
  return [
    ...equals("listed.organization_id", organization_id),
    ...equals("listed.severity", severity),
    ...equals("listed.status", status),
    ...contains(["listed.title", "listed.external_id"], search),
  ];
}
