import { surelySmallRow } from "@/bundle/rows";

import type { Column, TableDefinition } from "../tables";
import type { LineForm, Substitution } from "./line-form";
import { hasRoomFor, type Rule, type UsualField, type UsualForm } from "./usual-rows-program";

/**
 * What a table's rows look like where an export wrote them: these columns in this order, no
 * space between, every value in its usual form. Null where the program has no such form.
 */
export function usualFormOf(table: TableDefinition, columns: readonly string[], { leaveOut, indexed, substitutions }: LineForm): UsualForm | null {
  const fields: UsualField[] = [];
  for (const [index, name] of columns.entries()) {
    const column = table.columns[name];
    const rule = column === undefined ? null : ruleOf(column, name, substitutions.get(name));
    if (column === undefined || rule === null) return null;
    const before = Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`);
    fields.push({ before, nullable: column.nullable, isLeftOut: leaveOut?.columns.has(name) === true, rule });
  }
  if (columns[0] !== "id" || !hasRoomFor(fields)) return null;
  return { fields, isIndexed: indexed, leftOutFrom: leaveOut?.from ?? Number.POSITIVE_INFINITY, longestRow: Math.floor(surelySmallRow) };
}

function ruleOf({ type }: Column, name: string, substitution: Substitution | undefined): Rule | null {
  switch (type.kind) {
    case "uuid":
      return { kind: "uuid", substitution: substitution === undefined ? null : substitutionOf(substitution), isRowId: name === "id" };
    case "text":
      return { kind: "text", least: type.notEmpty ? 1 : 0, most: type.maxBytes ?? Number.POSITIVE_INFINITY };
    case "enum":
      return { kind: "enum", labels: type.values };
    case "numeric": {
      const { scale, minimum, maximum } = type;
      return { kind: "numeric", minimum: minimum * 10_000, maximum: maximum * 10_000, unit: 10 ** (4 - scale), scale };
    }
    case "integer":
    case "bigint":
      return { kind: type.kind, minimum: BigInt(type.minimum), maximum: BigInt(type.maximum) };
    case "float":
    case "timestamp":
    case "json":
    case "text_list":
    case "boolean":
    case "sha256":
      return type;
    case "object_key":
      // Few rows have one, and its rule is not for a program of vectors.
      return null;
  }
}

function substitutionOf(substitution: Substitution): Extract<Rule, { kind: "uuid" }>["substitution"] {
  switch (substitution.by) {
    case "one id":
      return { by: "one id", id: bytesOf(substitution.id) };
    case "itself where known":
      return { by: "itself where known", known: [...substitution.known].map(bytesOf) };
    case "none":
      return substitution;
  }
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}
