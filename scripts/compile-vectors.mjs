// `npm run compile-vectors`: makes the *.program.ts of the *.as beside them. To run whenever one of those changes; a test holds them to each other.
import { writeFile } from "node:fs/promises";
import { compile, pathOf, programs } from "./support/compile-vectors.mjs";

for (const program of Object.values(programs)) await writeFile(pathOf(program.target), await compile(program));
