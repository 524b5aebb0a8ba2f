import { z } from "zod";

/** Why an installation is not seeded: the message says what and how to go on. */
export class SeedError extends Error {
  override readonly name = "SeedError";

  constructor(
    readonly code: "options_invalid" | "already_seeded" | "file_unreadable" | "file_invalid",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

// Ten million rows of a table are an hour's work; above it, a slip of the finger is likelier than an intention.
const count = z
  .int("must be a whole number")
  .min(0, "must not be negative")
  .max(10_000_000, "must be 10000000 at most");

const seed = z.union([z.string().min(1, "must not be empty").max(200, "must be 200 characters at most"), z.number()]);

export const seedOptionsSchema = z.object({
  organizations: count,
  assets: count,
  vulnerabilities: count,
  files: count,
  /** Asset edges at most; unset: all that the assets call for, about one for each asset. */
  edges: count.optional(),
  /** Bytes of all stored files together, which then don't compress; unset: small, ordinary files. */
  fileBytes: z.int("must be a whole number").min(0, "must not be negative").optional(),
  seed,
});

export type SeedOptions = z.input<typeof seedOptionsSchema>;
export type CheckedSeedOptions = z.output<typeof seedOptionsSchema>;

/** @throws SeedError `options_invalid` naming each wrong option. */
export function checkSeedOptions(options: SeedOptions): CheckedSeedOptions {
  const parsed = seedOptionsSchema.safeParse(options);
  if (!parsed.success) {
    throw invalid(parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`));
  }
  const problems: string[] = [];
  const { organizations, assets, vulnerabilities, files, fileBytes } = parsed.data;
  if (organizations === 0 && assets > 0) problems.push("assets need at least one organization");
  if (organizations === 0 && files > 0) problems.push("files need at least one organization");
  if (assets === 0 && vulnerabilities > 0) problems.push("vulnerabilities need at least one asset");
  if (files === 0 && fileBytes !== undefined && fileBytes > 0) problems.push("fileBytes need at least one file");
  if (problems.length > 0) throw invalid(problems);
  return parsed.data;
}

function invalid(problems: readonly string[]): SeedError {
  return new SeedError("options_invalid", problems.join("; "));
}
