import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BundleError, bundleErrorCodes, type BundleErrorCode } from "@/bundle";
import { readBytes } from "../support/bundle/open-bytes";
import { placeAndReason, type PlaceAndReason } from "../support/bundle/place-and-reason";
import { limitsOfCode, refusedBundles } from "../support/bundle/refused-bundles";

const folder = join(import.meta.dirname, "fixtures", "refused");
/** By fixture. */
const sentences = JSON.parse(readFileSync(join(folder, "sentences.json"), "utf8")) as Record<string, PlaceAndReason>;
const fixtures = readdirSync(folder).filter((name) => name.endsWith(".zip"));
/** Not the reader's: of rows' own grammar and meaning, and of writing. */
const notOfOpening: readonly BundleErrorCode[] = ["row_invalid", "object_differs"];

describe("a frozen bundle that is wrong in one way is refused by the code it is named after", () => {
  it.each(fixtures)("%s", async (name) => {
    const code = codeOf(name);
    const error: unknown = await readBytes(readFileSync(join(folder, name)), { limits: limitsOfCode[code] }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(BundleError);
    if (!(error instanceof BundleError)) return;
    expect(error.message).toMatch(/^[\x20-\x7e]+$/);
    expect({ code: error.code, ...placeAndReason(error) }).toEqual({ code, ...sentences[name] });
  });

  it("stops at the first record more than stated", async () => {
    const archive = readFileSync(join(folder, "wrong_count.fewer.zip"));
    await expect(readBytes(archive)).rejects.toThrow("states 3 entries; its central directory has more");
  });

  it("covers every code and every case", () => {
    expect(new Set(fixtures.map(codeOf))).toEqual(new Set(bundleErrorCodes.filter((code) => !notOfOpening.includes(code))));
    const cases = Object.entries(refusedBundles).flatMap(([code, named]) =>
      Object.keys(named).map((name) => `${code}.${name}.zip`),
    );
    expect(new Set(fixtures)).toEqual(new Set(cases));
    expect(new Set(Object.keys(sentences))).toEqual(new Set(cases));
  });
});

function codeOf(fixture: string): BundleErrorCode {
  const code = bundleErrorCodes.find((candidate) => fixture.startsWith(`${candidate}.`));
  if (code === undefined) throw new Error(`${fixture} is named after no code`);
  return code;
}
