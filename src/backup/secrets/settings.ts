import type { PoolClient } from "pg";
import { z } from "zod";

import type { JsonValue } from "@/bundle";

import type { Warning } from "../report";
import { scrubJson } from "./scrub-json";
import { isSecretName } from "./secret-names";

const rowSchema = z.object({ key: z.string(), value: z.string(), is_secret: z.boolean() });
const settingValue: z.ZodType<JsonValue> = z.json();

/** The settings that a manifest may carry, ordered by key, and a warning that counts what may not. */
export async function readableSettings(
  client: PoolClient,
): Promise<{ settings: Record<string, JsonValue>; warnings: Warning[] }> {
  const { rows } = await client.query('SELECT key, value::text, is_secret FROM settings ORDER BY key COLLATE "C"');
  const settings = new Map<string, JsonValue>();
  let leftOut = 0;
  let removed = 0;
  for (const row of z.array(rowSchema).parse(rows)) {
    if (row.is_secret || isSecretName(row.key)) {
      leftOut++;
      continue;
    }
    const value = Buffer.from(row.value);
    const scrubbed = scrubJson(value, 0, value.length);
    removed += scrubbed?.removed ?? 0;
    settings.set(row.key, settingValue.parse(JSON.parse(String(scrubbed?.json ?? value))));
  }
  return { settings: Object.fromEntries(settings), warnings: settingWarnings(leftOut, removed) };
}

function settingWarnings(leftOut: number, removed: number): Warning[] {
  const warnings: Warning[] = [];
  if (leftOut > 0) {
    const message = `${leftOut} secret settings were left out.`;
    warnings.push({ code: "secret_settings_left_out", message, table: "settings", count: leftOut });
  }
  if (removed > 0) {
    const message = `${removed} values under names that carry secrets became null in settings.value.`;
    warnings.push({ code: "secrets_removed", message, table: "settings", column: "value", count: removed });
  }
  return warnings;
}
