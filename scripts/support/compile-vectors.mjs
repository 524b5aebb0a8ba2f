import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** Every program for WebAssembly's vectors: its source, what it is compiled into, and its memory in pages of 64 KiB. */
export const programs = {
  rowEnd: {
    source: "src/bundle/json/row-end.as",
    target: "src/bundle/json/row-end.program.ts",
    name: "rowEndProgram",
    // A text of 256 KiB, and what stands before and behind it.
    memory: ["--initialMemory", "5", "--maximumMemory", "5"],
  },
  packRows: {
    source: "src/bundle/json/pack-rows.as",
    target: "src/bundle/json/pack-rows.program.ts",
    name: "packRowsProgram",
    // As in pack-rows-program.ts: tables, sequences, a text of 1 MiB and what a block of it is packed into.
    memory: ["--initialMemory", "37", "--maximumMemory", "37"],
  },
  jsonRows: {
    source: "src/backup/rows/json-rows.as",
    target: "src/backup/rows/json-rows.program.ts",
    name: "jsonRowsProgram",
    // It grows as lines need it.
    memory: ["--initialMemory", "1"],
  },
  usualRows: {
    source: "src/backup/rows/usual-rows.as",
    target: "src/backup/rows/usual-rows.program.ts",
    name: "usualRowsProgram",
    // As in usual-rows-program.ts: fields and parameters, the ends of rows, a text of 256 KiB and lines of 512 KiB.
    memory: ["--initialMemory", "15", "--maximumMemory", "15"],
  },
};

export function pathOf(file) {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}

/** @returns the text of the program's target, which holds what its source compiles to */
export async function compile({ source, name, memory }) {
  let program;
  const options = ["-O3", "--converge", "--runtime", "stub", "--noAssert", "--enable", "simd", ...memory];
  const { error, stderr } = await asc.main(["program.ts", "--outFile", "program.wasm", ...options], {
    readFile: async (file) => (file === "program.ts" ? await readFile(pathOf(source), "utf8") : null),
    writeFile: (_name, contents) => void (program = contents),
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`${source} cannot be compiled: ${stderr.toString()}`, { cause: error });
  return `/** Made of ${source.split("/").at(-1)} by \`npm run compile-vectors\`. */\nexport const ${name} =\n  "${Buffer.from(program).toString("base64")}";\n`;
}
