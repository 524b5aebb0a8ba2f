import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Row, type Table } from "../copy";
import type { Inventory } from "../inventory";
import type { Source } from "../random";
import { encodeJson } from "../text/json";
import { before, secondsPerDay } from "../text/timestamps";

const providers = ["telegram", "slack", "github", "jira", "webhook", "pagerduty"] as const;

export function integrations({ source, organizations }: Inventory): Table {
  return defineTable("integrations", Prisma.IntegrationsScalarFieldEnum, () =>
    // One of them serves the whole installation.
    integrationRows(source, (index) =>
      index === 0 ? null : (organizations[index % organizations.length]?.id ?? null),
    ),
  );
}

/** The table never reaches a bundle, so names count as well. */
export function integrationSecrets(source: Source): string[] {
  return integrationRows(source, () => null)
    .flatMap((row) => [row.provider_secret, row.webhook_secret, row.name].filter((text) => text !== null).map(String))
    .concat(providers.map((_, index) => configToken(source, index)));
}

function integrationRows(
  source: Source,
  organization: (index: number) => string | null,
): Row<Prisma.IntegrationsScalarFieldEnum>[] {
  return providers.map((provider, index) => ({
    id: source.uuid("integrations", index),
    organization_id: organization(index),
    provider,
    name: `${provider}-${source.hex(`integrations/name/${index}`, 12)}`,
    config: encodeJson({ url: "https://chat.example/hooks", headers: { Authorization: configToken(source, index) } }),
    provider_secret:
      index % 3 === 2 ? null : `seed-secret-provider-${source.hex(`integrations/provider/${index}`, 24)}`,
    webhook_secret: index % 3 === 1 ? null : `seed-secret-webhook-${source.hex(`integrations/webhook/${index}`, 24)}`,
    is_enabled: String(index % 2 === 0),
    created_at: before((90 + index) * secondsPerDay, 654_321 + index),
  }));
}

function configToken(source: Source, index: number): string {
  return `seed-secret-integration-config-${source.hex(`integrations/config/${index}`, 24)}`;
}
