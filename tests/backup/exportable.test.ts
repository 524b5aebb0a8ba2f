import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { InvalidRowsError } from "@/backup";

import { createInstallation, type Installation } from "../support/backup";
import { makeBundle, readBundleFile, rewriteBundle } from "../support/backup/bundle-file";
import * as sample from "../support/backup/sample-rows";

/** Whatever an import takes, an export can write again: else one row would end every later export. */

let here: Installation;
beforeAll(async () => {
  here = await createInstallation();
});
beforeEach(() => here.clear());
afterAll(() => here.drop());

const deep = (levels: number, inner: string) => `${"[".repeat(levels)}${inner}${"]".repeat(levels)}`;
const many = (value: string, count: number) => `[${Array.from({ length: count }, () => value).join(",")}]`;

/** Documents that grow with the number, past what is taken, and grow again where PostgreSQL writes them. */
const documents: Record<string, { least: number; most: number; make: (size: number) => string }> = {
  "exponents, deep": { least: 1_000, most: 100_000, make: (size) => deep(100, many(`1e${size}`, 20)) },
  "exponents, flat": { least: 1_000, most: 1_000_000, make: (size) => many(`1e${size}`, 20) },
  "numbers without spaces, deep": { least: 1_000, most: 130_000, make: (size) => deep(249, many("0", size)) },
  "numbers without spaces": { least: 3_000_000, most: 4_000_000, make: (size) => many("0", size) },
  "secrets shorter than null": { least: 1_000, most: 30_000, make: (size) => deep(249, many('{"token":1}', size)) },
  "strings of escapes": { least: 1_000, most: 200_000, make: (size) => deep(100, `"${"\\u00e9\\/\\u0001".repeat(size)}"`) },
};

test.each(Object.entries(documents))("the largest document that comes in goes out: %s", async (_name, { least, most, make }) => {
  const empty = await makeBundle(here.folder, { organizations: [sample.organizationRow(1, { settings: "HERE" })] });
  const isTaken = async (size: number) => {
    const file = await rewriteBundle(empty, ({ tables }) => {
      tables.set("organizations", (tables.get("organizations") ?? []).map((row) => row.replace('"HERE"', make(size))));
    });
    return here.preview(file).then(
      () => file,
      (error: unknown) => {
        if (error instanceof InvalidRowsError) return null;
        throw error;
      },
    );
  };
  expect(await isTaken(most), "beyond what is taken").toBeNull();
  let [taken, refused, largest] = [least, most, await isTaken(least)];
  while (refused - taken > (refused >> 10) + 1) {
    const size = Math.floor((taken + refused) / 2);
    const file = await isTaken(size);
    if (file === null) refused = size;
    else [taken, largest] = [size, file];
  }
  await here.import(String(largest), "merge");
  const { tables } = await readBundleFile(await here.export());
  expect(tables.get("organizations")).toHaveLength(1);
});
