import { expect, test } from "vitest";
import { UsageError } from "./run-program";
import { parseSeedArguments } from "./seed-arguments";

test("without arguments it is the small inventory", () => {
  expect(parseSeedArguments([])).toEqual({
    kind: "generated",
    organizations: 3,
    assets: 300,
    vulnerabilities: 150,
    files: 60,
    seed: "demo",
  });
});

test("reads every count", () => {
  const given = "--organizations 2 --assets=7 --vulnerabilities 3 --files 4 --edges 0 --file-bytes 10 --seed 5".split(
    " ",
  );
  expect(parseSeedArguments(given)).toEqual({
    kind: "generated",
    organizations: 2,
    assets: 7,
    vulnerabilities: 3,
    files: 4,
    edges: 0,
    fileBytes: 10,
    seed: "5",
  });
});

test("reads the files of a real inventory", () => {
  expect(parseSeedArguments(["--programs", "a.json", "--vulnerability-catalog", "b.json"])).toEqual({
    kind: "real",
    programsFile: "a.json",
    vulnerabilityCatalogFile: "b.json",
    seed: "demo",
  });
});

test("answers a call for help with nothing to do", () => {
  expect(parseSeedArguments(["--help", "--assets", "x"])).toBeNull();
});

test.each([
  [["--assets", "many"], /--assets expects a whole number, not "many"/],
  [["--assets", "1e3"], /--assets expects a whole number/],
  [["--assets=-1"], /--assets expects a whole number/],
  [["--assets", "99999999"], /assets must be 10000000 at most/],
  [["--assets"], /--assets/],
  [["--colour", "red"], /--colour/],
  [["extra"], /extra/],
  [["--organizations", "0"], /assets need at least one organization/],
  [["--seed", ""], /seed must not be empty/],
  [["--vulnerability-catalog", "b.json"], /--vulnerability-catalog needs --programs/],
  [["--programs", "a.json", "--files", "1"], /--files does not go with --programs/],
])("refuses %j", (given, message) => {
  expect(() => parseSeedArguments(given)).toThrow(UsageError);
  expect(() => parseSeedArguments(given)).toThrow(message);
});
