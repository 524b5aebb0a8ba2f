import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { SeedError } from "../options";

/** As many as a person reads; the rest is most often the same mistake. */
const shownProblems = 5;

/** @throws SeedError `file_unreadable`, or `file_invalid` with what is wrong and where. */
export async function readJsonFile<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(parse(file, await read(file)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `at ${issue.path.join(".") || "the top"}: ${issue.message}`);
  const more = problems.length > shownProblems ? `; and ${problems.length - shownProblems} more` : "";
  throw new SeedError("file_invalid", `${file}: ${problems.slice(0, shownProblems).join("; ")}${more}`);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new SeedError("file_unreadable", `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SeedError("file_invalid", `${file} is no JSON: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
