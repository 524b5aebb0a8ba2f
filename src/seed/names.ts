import { domainToASCII } from "node:url";
import type { Inventory, OrganizationShare } from "./inventory";

const adjectives = [
  "amber",
  "blue",
  "cedar",
  "delta",
  "ember",
  "fern",
  "granite",
  "harbor",
  "iron",
  "juniper",
  "keystone",
  "lunar",
  "maple",
  "north",
  "olive",
  "pioneer",
] as const;
const nouns = [
  "bank",
  "cargo",
  "clinic",
  "dairy",
  "energy",
  "foods",
  "games",
  "health",
  "insurance",
  "labs",
  "logistics",
  "media",
  "mobility",
  "power",
  "retail",
  "travel",
] as const;
/** Reserved for documentation and tests (RFC 2606), so nobody's. */
const topLevels = ["example", "test", "example.com", "example.org", "example.net"] as const;
const departments = ["", "shop", "cloud", "apps", "pay", "careers", "cdn", "status"] as const;

const worldwideNames = [
  "Åkerström & Söner AB",
  "株式会社サンプル銀行",
  "شركة المثال للطاقة",
  "São João Logística",
  "Łódź Koleje",
  "Ελληνική Υγεία",
  "Șantier Naval „Marea Neagră”",
] as const;

export function organizationName(index: number): string {
  if (index % 3 === 1) return worldwideNames[Math.floor(index / 3) % worldwideNames.length] ?? "";
  return baseName(index)
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
}

/** Unique in an installation: the tag keeps the organizations of two seeds apart. */
export function organizationSlug(inventory: Inventory, index: number): string {
  return `${baseName(index)}-${inventory.source.tag}`;
}

/** The registered domain around which a cluster of assets is built; unique within the organization. */
export function clusterDomain(organization: OrganizationShare, cluster: number): string {
  const department = departments[cluster % departments.length] ?? "";
  const round = Math.floor(cluster / departments.length / topLevels.length);
  const topLevel = topLevels[Math.floor(cluster / departments.length) % topLevels.length] ?? "example";
  const parts = [baseName(organization.index), department, round === 0 ? "" : String(round)];
  return `${parts.filter((part) => part !== "").join("-")}.${topLevel}`;
}

export const unicodeHosts = ["bücher", "münchen", "日本", "пример", "παράδειγμα", "café"] as const;

/** As DNS writes a name (RFC 5891). */
export function asciiHost(host: string): string {
  return domainToASCII(host);
}

function baseName(index: number): string {
  const noun = nouns[(index * 7 + 10) % nouns.length] ?? "labs";
  const adjective = adjectives[(index * 5 + Math.floor(index / nouns.length) + 7) % adjectives.length] ?? "north";
  const round = Math.floor(index / (adjectives.length * nouns.length));
  return round === 0 ? `${adjective}-${noun}` : `${adjective}-${noun}-${round}`;
}
