import { parseArgs } from "node:util";
import { checkSeedOptions, SeedError } from "@/seed";
import { UsageError } from "./run-program";

/** Either a made-up inventory or a real one. */
export type SeedArguments =
  | {
      kind: "generated";
      organizations: number;
      assets: number;
      vulnerabilities: number;
      files: number;
      edges?: number;
      fileBytes?: number;
      seed: string;
    }
  | { kind: "real"; programsFile: string; vulnerabilityCatalogFile: string | undefined; seed: string };

/** What shows every feature of the application and is there in a second. */
const defaults = { organizations: 3, assets: 300, vulnerabilities: 150, files: 60, seed: "demo" } as const;

export const seedUsage = `Fills an installation with a made-up inventory, or with a real one out of files.

  npm run --silent seed -- [--organizations N] [--assets N] [--vulnerabilities N] [--files N]
                           [--edges N] [--file-bytes N] [--seed S]
  npm run --silent seed -- --programs FILE [--vulnerability-catalog FILE] [--seed S]

  --organizations N   organizations (${defaults.organizations})
  --assets N          assets of all organizations together (${defaults.assets})
  --vulnerabilities N vulnerabilities of all organizations together (${defaults.vulnerabilities})
  --files N           stored files of all organizations together (${defaults.files})
  --edges N           connections between assets at most (about one for each asset)
  --file-bytes N      bytes of all files together, incompressible (small ordinary files)
  --seed S            the same seed gives the same inventory ("${defaults.seed}")
  --programs FILE     a list of programmes, one organization for each
  --vulnerability-catalog FILE  vulnerabilities to put on their domains

docs/real-inventory.md describes the files. The installation is the one that the environment names.`;

const options = {
  organizations: { type: "string" },
  assets: { type: "string" },
  vulnerabilities: { type: "string" },
  files: { type: "string" },
  edges: { type: "string" },
  "file-bytes": { type: "string" },
  seed: { type: "string" },
  programs: { type: "string" },
  "vulnerability-catalog": { type: "string" },
  help: { type: "boolean" },
} as const;

const countOptions = ["organizations", "assets", "vulnerabilities", "files", "edges", "file-bytes"] as const;

/** @returns null where help is asked for. @throws UsageError naming the wrong option and what it expects. */
export function parseSeedArguments(given: readonly string[]): SeedArguments | null {
  const values = parsed(given);
  if (values.help === true) return null;
  const seed = values.seed ?? defaults.seed;
  const { programs, "vulnerability-catalog": catalog } = values;
  if (programs === undefined) {
    if (catalog !== undefined) throw new UsageError("--vulnerability-catalog needs --programs.");
    return { kind: "generated", ...checked({ ...counts(values), seed }) };
  }
  const count = countOptions.find((name) => values[name] !== undefined);
  if (count !== undefined)
    throw new UsageError(`--${count} does not go with --programs: the files say how much there is.`);
  return { kind: "real", programsFile: programs, vulnerabilityCatalogFile: catalog, seed };
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({ args: [...given], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

/** Refused here already, before the installation is opened for it. */
function checked<Options extends Parameters<typeof checkSeedOptions>[0]>(given: Options): Options {
  try {
    checkSeedOptions(given);
    return given;
  } catch (error) {
    throw error instanceof SeedError ? new UsageError(`${error.message}.`, { cause: error }) : error;
  }
}

function counts(values: Partial<Record<(typeof countOptions)[number], string>>) {
  const edges = wholeNumber("edges", values.edges);
  const fileBytes = wholeNumber("file-bytes", values["file-bytes"]);
  return {
    organizations: wholeNumber("organizations", values.organizations) ?? defaults.organizations,
    assets: wholeNumber("assets", values.assets) ?? defaults.assets,
    vulnerabilities: wholeNumber("vulnerabilities", values.vulnerabilities) ?? defaults.vulnerabilities,
    files: wholeNumber("files", values.files) ?? defaults.files,
    ...(edges === undefined ? {} : { edges }),
    ...(fileBytes === undefined ? {} : { fileBytes }),
  };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${name} expects a whole number, not ${JSON.stringify(text)}.`);
  return Number(text);
}
