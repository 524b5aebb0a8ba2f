"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { LiveRegion } from "@/components/ui/live-region";
import { PageHeader } from "@/components/ui/page-header";
import { TableSkeleton } from "@/components/ui/skeleton";

import { useTRPC } from "../trpc/client";
import { QueryError } from "../trpc/query-error";
import { ApiKeyTable, type ApiKey } from "./api-key-table";
import { RevokeApiKey } from "./revoke-api-key";

/** Its form and its schema are for those who make a key, once in a while. */
const CreateApiKey = dynamic(async () => (await import("./create-api-key")).CreateApiKey);

export function ApiKeys() {
  const trpc = useTRPC();
  const keys = useQuery(trpc.apiKeys.list.queryOptions({}));
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [said, setSaid] = useState("");
  const create = (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden className="size-4" />
      New API key
    </Button>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        description="For scripts that export, preview and import over REST. A key may do what its owner may, until it expires or is revoked."
        actions={create}
      />
      <Card>
        {keys.isPending && <TableSkeleton label="Loading the API keys…" />}
        {keys.isError && keys.data === undefined && (
          <QueryError title="The API keys could not be loaded" error={keys.error} onRetry={() => void keys.refetch()} />
        )}
        {keys.data?.keys.length === 0 && (
          <EmptyState icon={KeyRound} title="No API keys yet" description="Make one for each script, so that each can be revoked by itself." />
        )}
        {keys.data !== undefined && keys.data.keys.length > 0 && (
          <ApiKeyTable keys={keys.data.keys} onRevoke={setRevoking} />
        )}
      </Card>
      {creating && <CreateApiKey onClose={() => setCreating(false)} />}
      <RevokeApiKey
        apiKey={revoking}
        onClose={() => setRevoking(null)}
        onRevoked={({ name }) => setSaid(`The API key ${name} was revoked.`)}
      />
      <LiveRegion message={said} />
    </>
  );
}
