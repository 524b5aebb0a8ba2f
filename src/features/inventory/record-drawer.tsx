"use client";

import type { ReactNode } from "react";

import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { TableSkeleton } from "@/components/ui/skeleton";

import { QueryError } from "../trpc/query-error";
import type { Address } from "./use-address";

interface RecordData {
  fields: { column: string; value: string | null; nested: boolean }[];
  json: string;
}

export interface RecordDrawerProps {
  /** One of them: "asset". */
  what: string;
  name: string | undefined;
  description?: ReactNode;
  record: { data: RecordData | undefined; error: unknown; isPending: boolean; refetch: () => Promise<unknown> };
  actions?: ReactNode;
  address: Address;
}

/** Everything that is known of a row, beside the list it was chosen from. */
export function RecordDrawer({ what, name, description, record, actions, address }: RecordDrawerProps) {
  return (
    <Dialog
      open={address.get("id") !== null}
      onOpenChange={(open) => {
        // Going back then leads to the list, not into the drawer again.
        if (!open) address.change({ id: null }, "replace");
      }}
      placement="drawer"
      title={<bdi className="break-all">{name ?? `The ${what}`}</bdi>}
      description={description}
      footer={
        record.data !== undefined && (
          <>
            <CopyButton text={record.data.json} what="row as JSON" label="Copy as JSON" size="medium" />
            {actions}
          </>
        )
      }
    >
      {record.data !== undefined ? (
        <Fields fields={record.data.fields} />
      ) : record.isPending ? (
        <TableSkeleton rows={10} label={`Loading the ${what}…`} />
      ) : (
        <QueryError title={`The ${what} could not be loaded`} error={record.error} onRetry={() => void record.refetch()} />
      )}
    </Dialog>
  );
}

function Fields({ fields }: Pick<RecordData, "fields">) {
  return (
    <dl className="flex flex-col text-[0.8125rem]">
      {fields.map(({ column, value, nested }) => (
        <div key={column} className="grid gap-x-4 gap-y-1 border-b border-line py-2 last:border-b-0 sm:grid-cols-[10rem_minmax(0,1fr)]">
          <dt className="font-mono text-xs leading-5 text-soft">{column}</dt>
          <dd className="min-w-0">
            <Value value={value} nested={nested} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value, nested }: { value: string | null; nested: boolean }) {
  if (value === null) return <span className="text-soft">null</span>;
  if (value === "") return <span className="text-soft">empty</span>;
  if (!nested) return <bdi className="break-words whitespace-pre-wrap">{value}</bdi>;
  return (
    <pre tabIndex={0} className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs -outline-offset-2">
      {value}
    </pre>
  );
}
