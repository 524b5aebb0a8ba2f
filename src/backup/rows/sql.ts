import { escapeIdentifier } from "pg";

/** A quoted identifier, of up to two parts: `"assets"."value"`. */
export function identifier(...parts: string[]): string {
  return parts.map((part) => escapeIdentifier(part)).join(".");
}

export function identifiers(names: readonly string[]): string {
  return names.map((name) => identifier(name)).join(", ");
}
