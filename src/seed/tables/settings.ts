import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Row, type Table } from "../copy";
import type { Source } from "../random";
import { everySecret, leaves, secretsOf } from "../secrets";
import { encodeJson, type Json } from "../text/json";
import { oddDocuments } from "../text/odd-documents";
import { before, secondsPerDay } from "../text/timestamps";

/** Keys belong to the installation, not to an inventory: what is set already stays. */
export function settings(source: Source): Table {
  return defineTable("settings", Prisma.SettingsScalarFieldEnum, () => settingRows(source), "keep");
}

export function settingSecrets(source: Source): string[] {
  return [...Object.values(secretSettings(source)).flatMap(leaves), ...secretsOf(source, "settings.value")];
}

function settingRows(source: Source): Row<Prisma.SettingsScalarFieldEnum>[] {
  const row =
    (isSecret: boolean) =>
    ([key, value]: [string, Json], index: number) => ({
      key,
      value: encodeJson(value),
      is_secret: String(isSecret),
      updated_at: before((10 + index) * secondsPerDay, 123_456 + index),
    });
  return [
    ...Object.entries(secretSettings(source)).map(row(true)),
    ...Object.entries(plainSettings(source)).map(row(false)),
  ];
}

function secretSettings(source: Source): Readonly<Record<string, Json>> {
  const made = (name: string) => `seed-secret-settings-${name}-${source.hex(`settings/${name}`, 24)}`;
  return {
    "telegram.bot_token": made("telegram-bot"),
    "github.release_check_token": made("github-release-check"),
    "storage.access_key": made("storage-access"),
    "storage.secret_key": { current: made("storage-secret"), previous: [made("storage-secret-previous")] },
    "auth.jwt_secret": made("jwt"),
    // Nothing in its name or value says so: only the mark does.
    "appliance.serial": made("appliance-serial"),
  };
}

function plainSettings(source: Source): Readonly<Record<string, Json>> {
  return {
    "scan.defaults": { profile: "default", rate_limit: 150, ports: [80, 443] },
    "retention.days": 400,
    "interface.theme": "system",
    "release_check.enabled": true,
    "notifications.quiet_hours": null,
    "notifications.channels": { enabled: ["mail", "chat"], connections: everySecret(source, "settings.value") },
    "interface.texts 日本語": oddDocuments[0],
  };
}
