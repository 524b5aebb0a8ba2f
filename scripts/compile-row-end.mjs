// `npm run compile-row-end`: makes src/bundle/json/row-end.program.ts of row-end.as. To run whenever that changes; a test holds one to the other.
import { writeFile } from "node:fs/promises";
import { compileRowEnd } from "./support/compile-row-end.mjs";

await writeFile(new URL("../src/bundle/json/row-end.program.ts", import.meta.url), await compileRowEnd());
