import type { z } from "zod";

import { RequestError } from "../errors";
import type { RequestBody } from "./request-body";

/** No request of this API comes near; what is refused here is never parsed. */
const maximumBytes = 64 * 1024;

/**
 * A JSON body as its schema has it; no body at all is an empty object.
 *
 * @throws RequestError `malformed_request`, `unknown_option`, `too_large`
 */
export async function readJson<Schema extends z.ZodType>(body: RequestBody, schema: Schema): Promise<z.output<Schema>> {
  const text = await body.text(maximumBytes);
  return parseInput(text === "" ? {} : parseText(text), schema);
}

/** @throws RequestError `unknown_option` naming it, `malformed_request` naming the field */
export function parseInput<Schema extends z.ZodType>(input: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw inputError(parsed.error);
}

/** What the first thing that is wrong with an input is called. */
export function inputError(error: z.ZodError): RequestError {
  const [issue] = error.issues;
  const option = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  if (option !== undefined) {
    return new RequestError("unknown_option", `There is no option ${quote(option)}.`, { option });
  }
  const field = issue?.path.map(String).join(".") ?? "";
  const message = `${field === "" ? "The body" : quote(field)} is wrong: ${issue?.message ?? "not understood"}.`;
  return new RequestError("malformed_request", message, field === "" ? {} : { field });
}

/** A name from a request, as a message may show it. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 97)}...` : name);
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError("malformed_request", "The body is not valid JSON.");
  }
}
