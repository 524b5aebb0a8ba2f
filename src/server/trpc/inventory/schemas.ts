import { z } from "zod";

/** Nobody types more; what has U+0000 in it no text of PostgreSQL holds. */
const search = z.string().trim().max(200).regex(/^[^\0]*$/, "a character that no text holds").default("");

/** Beyond it there are no rows: a table has far fewer than 2^31. */
const lastPage = 40_000_000;

export const pageSchema = { page: z.int().min(1).max(lastPage).default(1) };

export const searchSchema = z.strictObject({ search });

export const filterSchema = searchSchema.extend({ organization_id: z.guid().optional() });

export const idSchema = z.strictObject({ id: z.guid() });

/** Moments, numerics and sizes are text, as PostgreSQL has them. */
export const ofOrganization = z.object({ id: z.string(), organization_id: z.string(), organization_name: z.string() });

/**
 * Asked for beside the pages: it does not change from one to the next, and takes longest.
 */
export const countSchema = z.object({ total: z.int(), page_size: z.int() });

export function rowsSchema<Row extends z.ZodObject>(row: Row) {
  return z.object({ rows: z.array(row) });
}

/** A row as a whole: what its list shows, every column, and the row as JSON text. */
export function recordSchema<Row extends z.ZodObject>(row: Row) {
  return z.object({
    shown: row,
    fields: z.array(z.object({ column: z.string(), value: z.string().nullable(), nested: z.boolean() })),
    json: z.string(),
  });
}
