import { domainToASCII } from "node:url";
import { z } from "zod";
import { readJsonFile } from "./read-json-file";

// DNS allows 253 characters (RFC 1035), letters, digits and hyphens in each part.
const domainName = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+$/;

const domain = z.string().refine((text) => domainName.test(domainToASCII(text)), "is no domain name");

const program = z.object({
  name: z.string().trim().min(1, "must not be empty"),
  url: z.string(),
  bounty: z.boolean(),
  swag: z.boolean().optional(),
  domains: z.array(domain),
});

const programsFile = z.object({ programs: z.array(program) });

export interface Program {
  readonly name: string;
  /** Unique in the file. */
  readonly slug: string;
  readonly url: string;
  readonly bounty: boolean;
  readonly swag: boolean;
  /** As the file writes them, each once. */
  readonly domains: readonly string[];
}

/** @throws SeedError `file_unreadable`, `file_invalid` */
export async function readPrograms(file: string): Promise<Program[]> {
  const { programs } = await readJsonFile(file, programsFile);
  const taken = new Set<string>();
  return programs.map(({ name, url, bounty, swag, domains }) => ({
    name,
    slug: uniqueSlug(name, taken),
    url,
    bounty,
    swag: swag ?? false,
    domains: [...new Map(domains.map((text) => [domainToASCII(text), text])).values()],
  }));
}

function uniqueSlug(name: string, taken: Set<string>): string {
  const letters = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
  // A slug may have 200 bytes; this leaves room for the number.
  const slug =
    letters
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 180) || "program";
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? slug : `${slug}-${number}`;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
}
