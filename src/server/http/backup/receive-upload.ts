import type { z } from "zod";

import { environment } from "../../env";
import { stageBundle, type StagedBundle } from "../../staging";
import type { Call } from "../endpoint";
import { parseInput } from "../json-body";
import { receiveForm, requirePossibleSize, tooLarge } from "../multipart";

/** Refuses what says by its headers alone that it is too large. @throws RequestError `too_large` */
export function requireAcceptableUpload({ request }: Call): void {
  requirePossibleSize(request.headers, environment().maxUploadBytes);
}

/**
 * Stages the bundle of a multipart request, whose other fields the schema knows. Where
 * anything fails, nothing is left on the disk; otherwise the caller releases the bundle.
 *
 * @throws what receiveForm, stageBundle and parseInput throw
 */
export async function receiveUpload<Schema extends z.ZodObject>(
  { request, body }: Call,
  schema: Schema,
): Promise<{ bundle: StagedBundle; fields: z.output<Schema> }> {
  const maximumBytes = environment().maxUploadBytes;
  const limits = { maximumBytes, expectedBytes: statedLength(request.headers), tooLarge: () => tooLarge(maximumBytes) };
  let bundle: StagedBundle | undefined;
  try {
    const fields = await receiveForm(request.headers, body, {
      maximumFileBytes: maximumBytes,
      fields: Object.keys(schema.shape),
      receive: async (content) => {
        bundle = await stageBundle(content, limits);
      },
    });
    const parsed = parseInput(fields, schema);
    if (bundle === undefined) throw new Error("A form was received without its file.");
    return { bundle, fields: parsed };
  } catch (error) {
    await bundle?.release();
    throw error;
  }
}

function statedLength(headers: Headers): number {
  return Number(headers.get("content-length") ?? 0);
}
