import { z } from "zod";

import { contains, countRows, listings, pageSize, readOrganizationNames, readPage, readRecord } from "../../inventory";
import { router, signedInProcedure } from "../procedures";
import { countSchema, idSchema, pageSchema, recordSchema, rowsSchema, searchSchema } from "./schemas";

const rowSchema = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  description: z.string(),
  created_at: z.string(),
  assets: z.int(),
  vulnerabilities: z.int(),
  files: z.int(),
});
type Row = z.output<typeof rowSchema>;

const conditions = ({ search }: z.output<typeof searchSchema>) => contains(["listed.name", "listed.slug"], search);

export const organizationsRouter = router({
  list: signedInProcedure
    .input(searchSchema.extend(pageSchema))
    .output(rowsSchema(rowSchema))
    .query(async ({ input }) => ({ rows: await readPage<Row>(listings.organizations, conditions(input), input.page) })),

  count: signedInProcedure
    .input(searchSchema)
    .output(countSchema)
    .query(async ({ input }) => ({
      total: await countRows(listings.organizations, conditions(input)),
      page_size: pageSize,
    })),

  get: signedInProcedure
    .input(idSchema)
    .output(recordSchema(rowSchema))
    .query(({ input }) => readRecord<Row>("organizations", input.id)),

  /** To choose one from; an installation has few. */
  names: signedInProcedure
    .input(z.strictObject({}))
    .output(z.object({ organizations: z.array(z.object({ id: z.string(), name: z.string() })) }))
    .query(async () => ({ organizations: await readOrganizationNames() })),
});
