import type { Tone } from "@/components/ui/tone";

import type { Outputs } from "../trpc/client";

type Inventory = Outputs["inventory"];
export type Asset = Inventory["assets"]["list"]["rows"][number];
export type Vulnerability = Inventory["vulnerabilities"]["list"]["rows"][number];
export type StoredFile = Inventory["files"]["list"]["rows"][number];

export const assetTypeNames: Readonly<Record<Asset["type"], string>> = {
  domain: "Domain",
  subdomain: "Subdomain",
  ip: "IP address",
  cidr: "Network",
  asn: "AS number",
  service: "Service",
  url: "URL",
  certificate: "Certificate",
  technology: "Technology",
  email: "E-mail",
  repository: "Repository",
  cloud_resource: "Cloud resource",
};

export const assetStatusNames: Readonly<Record<Asset["status"], string>> = {
  active: "Active",
  inactive: "Inactive",
  archived: "Archived",
  unknown: "Unknown",
};

export const assetStatusTones: Readonly<Record<Asset["status"], Tone>> = {
  active: "success",
  inactive: "neutral",
  archived: "neutral",
  unknown: "warning",
};

export const severityNames: Readonly<Record<Vulnerability["severity"], string>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  info: "Info",
};

export const severityTones: Readonly<Record<Vulnerability["severity"], Tone>> = {
  critical: "violet",
  high: "danger",
  medium: "warning",
  low: "info",
  info: "neutral",
};

/** Worst first. */
export const severities = ["critical", "high", "medium", "low", "info"] as const satisfies Vulnerability["severity"][];

export const vulnerabilityStatusNames: Readonly<Record<Vulnerability["status"], string>> = {
  open: "Open",
  confirmed: "Confirmed",
  in_progress: "In progress",
  resolved: "Resolved",
  false_positive: "False positive",
  accepted_risk: "Accepted risk",
};

export const vulnerabilityStatusTones: Readonly<Record<Vulnerability["status"], Tone>> = {
  open: "danger",
  confirmed: "danger",
  in_progress: "warning",
  resolved: "success",
  false_positive: "neutral",
  accepted_risk: "neutral",
};

export const fileTypeNames: Readonly<Record<StoredFile["file_type"], string>> = {
  screenshot: "Screenshot",
  raw_output: "Raw output",
  report: "Report",
  evidence: "Evidence",
  artifact: "Artifact",
  other: "Other",
};

/** Of a value that comes from outside, an address for example: itself where there is no name for it. */
export function nameOf(names: Readonly<Record<string, string>>, value: string): string {
  return Object.hasOwn(names, value) ? (names[value] ?? value) : value;
}

/** The value where it is one of those with a name. */
export function knownValue<Value extends string>(
  names: Readonly<Record<Value, string>>,
  value: string | null,
): Value | undefined {
  return keysOf(names).find((known) => known === value);
}

export function keysOf<Value extends string>(names: Readonly<Record<Value, string>>): Value[] {
  const isKey = (key: string): key is Value => Object.hasOwn(names, key);
  return Object.keys(names).filter(isKey);
}
