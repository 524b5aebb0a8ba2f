import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";

import type { Outputs } from "../trpc/client";

export type ApiKey = Outputs["apiKeys"]["list"]["keys"][number];

const states: Readonly<Record<ApiKey["state"], { name: string; tone: Tone }>> = {
  active: { name: "Active", tone: "success" },
  expired: { name: "Expired", tone: "warning" },
  revoked: { name: "Revoked", tone: "neutral" },
};

export function ApiKeyTable({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  return (
    <Table label="API keys">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Begins with</HeaderCell>
        <HeaderCell>State</HeaderCell>
        <HeaderCell>Owner</HeaderCell>
        <HeaderCell>Last used (UTC)</HeaderCell>
        <HeaderCell>Expires (UTC)</HeaderCell>
        <HeaderCell>
          <span className="sr-only">Revoke</span>
        </HeaderCell>
      </TableHead>
      <TableBody>
        {keys.map((key) => (
          <TableRow key={key.id}>
            <Cell className="max-w-48 truncate font-medium" title={key.name}>
              {key.name}
            </Cell>
            <Cell>
              <code className="font-mono text-xs">{key.prefix}…</code>
            </Cell>
            <Cell>
              <Badge tone={states[key.state].tone}>{states[key.state].name}</Badge>
            </Cell>
            <Cell className="max-w-56 truncate" title={key.owner.email}>
              {key.owner.email}
            </Cell>
            <Cell>{key.last_used_at === null ? <Never /> : <Time value={key.last_used_at} zone={false} />}</Cell>
            <Cell>{key.expires_at === null ? <Never /> : <Time value={key.expires_at} zone={false} />}</Cell>
            <Cell className="text-right">
              {key.state === "active" && (
                <Button look="danger" size="small" onClick={() => onRevoke(key)}>
                  Revoke<span className="sr-only"> {key.name}</span>
                </Button>
              )}
            </Cell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Never() {
  return <span className="text-soft">Never</span>;
}
