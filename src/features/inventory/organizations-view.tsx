"use client";

import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { Building2 } from "lucide-react";
import Link from "next/link";

import { formatCount } from "@/components/format";
import { Time } from "@/components/ui/time";

import { useTRPC, type Outputs } from "../trpc/client";
import { SearchFilter, searchOf } from "./filters";
import { RecordDrawer } from "./record-drawer";
import { RecordList, type Column } from "./record-list";
import { RecordName } from "./record-name";
import { pageOf, useAddress, type Address } from "./use-address";
import { useRecordId } from "./use-record-id";

type Organization = Outputs["inventory"]["organizations"]["list"]["rows"][number];

export function OrganizationsView() {
  const trpc = useTRPC();
  const address = useAddress();
  const filters = { search: searchOf(address) };
  const keep = { placeholderData: keepPreviousData };
  const rows = useQuery(trpc.inventory.organizations.list.queryOptions({ ...filters, page: pageOf(address) }, keep));
  const count = useQuery(trpc.inventory.organizations.count.queryOptions(filters, keep));
  const id = useRecordId(address);
  const record = useQuery(trpc.inventory.organizations.get.queryOptions(id === null ? skipToken : { id }));
  return (
    <>
      <RecordList
        what="organizations"
        icon={Building2}
        columns={columns(address)}
        rows={rows}
        count={count}
        address={address}
        filters={["search"]}
        toolbar={<SearchFilter label="Search organizations" address={address} />}
      />
      <RecordDrawer
        what="organization"
        name={record.data?.shown.name}
        description={record.data?.shown.slug}
        record={record}
        address={address}
      />
    </>
  );
}

function columns(address: Address): Column<Organization>[] {
  return [
    { header: "Organization", cell: ({ id, name }) => <RecordName id={id} name={name} address={address} /> },
    {
      header: "Slug",
      className: "hidden md:table-cell",
      cell: ({ slug }) => <span className="font-mono text-xs">{slug}</span>,
    },
    { header: "Assets", numeric: true, cell: ({ id, assets }) => <Held id={id} what="assets" count={assets} /> },
    {
      header: "Vulnerabilities",
      numeric: true,
      cell: ({ id, vulnerabilities }) => <Held id={id} what="vulnerabilities" count={vulnerabilities} />,
    },
    { header: "Files", numeric: true, cell: ({ id, files }) => <Held id={id} what="files" count={files} /> },
    { header: "Created (UTC)", className: "hidden lg:table-cell", cell: ({ created_at }) => <Time value={created_at} zone={false} /> },
  ];
}

function Held({ id, what, count }: { id: string; what: string; count: number }) {
  return (
    <Link href={`/inventory/${what}?organization=${id}`} className="rounded-sm text-accent hover:underline">
      {formatCount(count)}
      <span className="sr-only"> {what}</span>
    </Link>
  );
}
