import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const source = fileURLToPath(new URL("../../src/bundle/json/row-end.as", import.meta.url));

/** Five pages of 64 KiB: a text of 256 KiB, and what stands before and behind it. */
const pages = "5";

/** @returns the text of src/bundle/json/row-end.program.ts, which holds what row-end.as compiles to */
export async function compileRowEnd() {
  let program;
  const options = ["-O3", "--converge", "--runtime", "stub", "--noAssert", "--enable", "simd", "--initialMemory", pages, "--maximumMemory", pages];
  const { error, stderr } = await asc.main(["row-end.ts", "--outFile", "row-end.wasm", ...options], {
    readFile: async (name) => (name === "row-end.ts" ? await readFile(source, "utf8") : null),
    writeFile: (_name, contents) => void (program = contents),
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`row-end.as cannot be compiled: ${stderr.toString()}`, { cause: error });
  return `/** Made of row-end.as by \`npm run compile-row-end\`. */\nexport const rowEndProgram =\n  "${Buffer.from(program).toString("base64")}";\n`;
}
