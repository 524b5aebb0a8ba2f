import type { Source } from "./random";
import { ExactNumber, type Json, type JsonObject } from "./text/json";

/** The JSON columns that reach a bundle, each of which gets secrets of its own. */
export const secretPlaces = [
  "organizations.settings",
  "assets.metadata",
  "asset_edges.metadata",
  "vulnerabilities.evidence",
  "vulnerabilities.metadata",
  "scans.options",
  "scans.summary",
  "scan_jobs.input",
  "scan_jobs.result_summary",
  "reports.parameters",
  "files.metadata",
  "exposure_changes.old_value",
  "exposure_changes.new_value",
  "exposure_changes.metadata",
  "settings.value",
] as const;

export type SecretPlace = (typeof secretPlaces)[number];

/** Names under which values are secret, word by word. */
const secretNames = [
  ["password"],
  ["secret"],
  ["client", "secret"],
  ["token"],
  ["access", "token"],
  ["refresh", "token"],
  ["api", "key"],
  ["access", "key"],
  ["secret", "key"],
  ["private", "key"],
  ["authorization"],
  ["cookie"],
  ["set", "cookie"],
  ["bot", "token"],
] as const;

/** The same name as configuration files, HTTP and several languages write it. */
const spellings: readonly ((words: readonly string[]) => string)[] = [
  (words) => words.join("_"),
  (words) => words.join("-"),
  (words) => words.map((word, position) => (position === 0 ? word : capitalized(word))).join(""),
  (words) => words.map(capitalized).join(""),
  (words) => words.join("_").toUpperCase(),
  (words) => words.map(capitalized).join("-"),
  (words) => words.map(capitalized).join(" "),
  (words) => words.join("."),
  (words) => words.join(""),
];

/** Every name in every spelling, each once. */
export const spelledSecretNames: readonly string[] = [
  ...new Set(secretNames.flatMap((words) => spellings.map((spell) => spell(words)))),
];

/** A document's part that holds a secret under every name, beside, below and inside lists of what is none. */
export function everySecret(source: Source, place: SecretPlace): JsonObject {
  const members = spelledSecretNames.map((_, position) => member(source, place, position));
  const third = Math.ceil(members.length / 3);
  return {
    headers: Object.fromEntries(members.slice(0, third)),
    accounts: members.slice(third, 2 * third).map(([name, value], position) => ({ account: position, [name]: value })),
    layers: { inner: [{ deeper: [[Object.fromEntries(members.slice(2 * third))], "plain"] }], depth: 4 },
  };
}

/** One of these secrets; which one, the number says. */
export function oneSecret(source: Source, place: SecretPlace, number: number): JsonObject {
  const [name, value] = member(source, place, number % spelledSecretNames.length);
  return { [name]: value };
}

/** Every text and number that everySecret() puts into the place. */
export function secretsOf(source: Source, place: SecretPlace): string[] {
  return spelledSecretNames.flatMap((_, position) => leaves(member(source, place, position)[1]));
}

function member(source: Source, place: SecretPlace, position: number): [string, Json] {
  const name = spelledSecretNames[position] ?? "secret";
  const digits = source.hex(`secret/${place}/${name}`, 48);
  // The text says where it was planted, so that one found in a bundle says where it leaked.
  const text = `seed-secret-${place}-${digits.slice(0, 24)}`;
  const number = new ExactNumber(
    `9${BigInt(`0x${digits.slice(24, 40)}`)
      .toString()
      .padStart(20, "0")
      .slice(0, 17)}`,
  );
  switch (position % 4) {
    case 0:
      return [name, text];
    case 1:
      return [name, { current: text, issued: { by: number } }];
    case 2:
      return [name, [text, { previous: number }, []]];
    default:
      return [name, number];
  }
}

/** Every text and number in a value that is secret as a whole. */
export function leaves(value: Json): string[] {
  if (value instanceof ExactNumber) return [value.digits];
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(leaves) : [];
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
