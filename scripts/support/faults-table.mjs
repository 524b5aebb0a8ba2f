// What the tests of faults noted, as the table of docs/reliability.md.

const begin = "<!-- written by `npm run faults`: begin -->";
const end = "<!-- written by `npm run faults`: end -->";

/** @param attempts [{ area, fault, outcome, seconds? }], in the order in which they ended */
export function faultsTable(attempts) {
  const rows = group(attempts, ({ area, fault }) => `${area}\0${fault}`);
  const lines = [...rows.values()]
    .map((tried) => ({ area: tried[0].area, fault: tried[0].fault, tried }))
    .sort((a, b) => compare(a.area, b.area) || compare(a.fault, b.fault))
    .map(({ area, fault, tried }) => `| ${area} | ${fault} | ${tried.length} | ${outcomesOf(tried)} | ${worstOf(tried)} |`);
  return ["| what breaks | when or how | tried | what happened | worst recovery |", "|---|---|---|---|---|", ...lines].join("\n");
}

export function replaceTable(text, table) {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The page lacks ${begin} and ${end}.`);
  return `${text.slice(0, from)}${begin}\n${table}\n${text.slice(to)}`;
}

/** Outcomes by number; what stands in parentheses tells attempts with the same outcome apart, and is counted within it. */
function outcomesOf(tried) {
  const kinds = group(tried, ({ outcome }) => outcome.replace(/ \([^()]*\)$/, ""));
  return [...kinds]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([outcome, alike]) => `${alike.length} × ${outcome}${detailsOf(alike)}`)
    .join("; ");
}

function detailsOf(alike) {
  const details = group(alike, ({ outcome }) => / \(([^()]*)\)$/.exec(outcome)?.[1] ?? "");
  if (details.size === 1 && details.has("")) return "";
  return ` (${[...details].map(([detail, some]) => `${some.length} ${detail}`).join(", ")})`;
}

function worstOf(tried) {
  const seconds = tried.flatMap((attempt) => (attempt.seconds === undefined ? [] : [attempt.seconds]));
  return seconds.length === 0 ? "" : `${Math.max(...seconds).toFixed(1)} s`;
}

function group(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
