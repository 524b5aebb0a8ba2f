import type { ExportEstimate } from "@/backup";
import type { ExportOptions } from "@/bundle";

export type OptionName = keyof ExportOptions;

export const optionNames = ["include_files", "include_scan_history", "include_settings", "include_users"] as const satisfies readonly OptionName[];

/** What each option of an export puts into the bundle, and what is missing without it. */
export const optionWords: Readonly<Record<OptionName, { label: string; description: string; short: string }>> = {
  include_files: {
    label: "Stored files",
    description:
      "Screenshots, raw output, reports and evidence, byte for byte. Without them their records travel alone, and the importing installation says which files are missing. Contents are not searched for secrets.",
    short: "files",
  },
  include_scan_history: {
    label: "Scan history",
    description: "Scans and their jobs. Without them, what they found is exported all the same, but no longer says which scan found it.",
    short: "scan history",
  },
  include_settings: {
    label: "Settings",
    description: "Those that are not secret, to be looked at beside the importing installation's. They are shown there and never applied.",
    short: "settings",
  },
  include_users: {
    label: "Users",
    description: "Names, e-mail addresses and roles, without passwords, to map them by hand. They are never imported.",
    short: "users",
  },
};

/** Whether an export with these options has a part that depends on one of them. */
export function isSelected(onlyWith: ExportEstimate["tables"][number]["only_with"], options: ExportOptions): boolean {
  return onlyWith === null || options[onlyWith];
}

/** What an export was asked for, in a few words. */
export function describeOptions(options: { [Name in OptionName]?: boolean | undefined }): string {
  const chosen = optionNames.filter((name) => options[name] === true).map((name) => optionWords[name].short);
  return chosen.length === 0 ? "inventory only" : `with ${chosen.join(", ")}`;
}
