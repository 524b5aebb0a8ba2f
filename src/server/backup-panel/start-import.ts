import { randomUUID } from "node:crypto";
import type { Logger } from "pino";

import type { Principal } from "../auth";
import { RequestError } from "../errors";
import { importStaged, type ImportFields } from "../http/backup/import-staged";
import { describeProblem } from "../problems";
import { findImportHolder, withImportSlot, withRun } from "../runs";
import { holdPreview } from "../staging";

/**
 * Imports a previewed bundle without anybody waiting for it: closing the page ends nothing.
 * How it goes on and ends, its run tells.
 *
 * @returns the run's id, once it is recorded
 * @throws RequestError `import_running` with its holder, `preview_not_found`
 */
export async function startImport(
  principal: Principal,
  { preview_id, ...fields }: ImportFields & { preview_id: string },
  log: Logger,
): Promise<string> {
  const holder = await findImportHolder();
  if (holder !== undefined) {
    throw new RequestError("import_running", "Another import is running. Only one runs at a time.", { holder });
  }
  const staged = await holdPreview(preview_id);
  const options = { conflict_mode: fields.conflict_mode, preview_id };
  const start = {
    id: randomUUID(),
    kind: "import",
    userId: principal.userId,
    options,
    // Nobody's leaving ends it; whoever wants that stops the run.
    signal: new AbortController().signal,
    log,
  } as const;
  let markBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    markBegun = resolve;
  });
  const finished = withImportSlot(start.signal, () =>
    withRun(start, (run) => {
      markBegun();
      return importStaged(run, principal, staged, fields, options);
    }),
  ).finally(() => staged.release());
  finished.catch((error: unknown) => {
    if (describeProblem(error).code === "internal") log.error({ err: error }, "a defect");
  });
  await Promise.race([begun, finished]);
  return start.id;
}
