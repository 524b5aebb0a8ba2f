"use client";

import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { Download, FileText } from "lucide-react";

import { formatBytes } from "@/components/format";
import { buttonClasses } from "@/components/ui/button";
import { Time } from "@/components/ui/time";

import { useTRPC } from "../trpc/client";
import { OrganizationFilter, SearchFilter, searchOf, ValueFilter } from "./filters";
import { OrganizationName } from "./organization-name";
import { RecordDrawer } from "./record-drawer";
import { RecordList, type Column } from "./record-list";
import { RecordName } from "./record-name";
import { organizationOf, pageOf, useAddress, type Address } from "./use-address";
import { useRecordId } from "./use-record-id";
import { fileTypeNames, knownValue, type StoredFile } from "./words";

export function FilesView() {
  const trpc = useTRPC();
  const address = useAddress();
  const type = knownValue(fileTypeNames, address.get("type"));
  const filters = { search: searchOf(address), organization_id: organizationOf(address), type };
  const keep = { placeholderData: keepPreviousData };
  const rows = useQuery(trpc.inventory.files.list.queryOptions({ ...filters, page: pageOf(address) }, keep));
  const count = useQuery(trpc.inventory.files.count.queryOptions(filters, keep));
  const id = useRecordId(address);
  const record = useQuery(trpc.inventory.files.get.queryOptions(id === null ? skipToken : { id }));
  const shown = record.data?.shown;
  return (
    <>
      <RecordList
        what="files"
        icon={FileText}
        columns={columns(address)}
        rows={rows}
        count={count}
        address={address}
        filters={["search", "organization", "type"]}
        toolbar={
          <>
            <SearchFilter label="Search files" address={address} />
            <OrganizationFilter address={address} />
            <ValueFilter name="type" label="Type" all="All types" names={fileTypeNames} value={type} address={address} />
          </>
        }
      />
      <RecordDrawer
        what="file"
        name={shown?.original_name}
        description={shown && `${formatBytes(Number(shown.size_bytes))}, of ${shown.organization_name}`}
        record={record}
        actions={
          shown && (
            <a href={contentOf(shown.id)} download className={buttonClasses("primary")}>
              <Download aria-hidden className="size-4" />
              Download
            </a>
          )
        }
        address={address}
      />
    </>
  );
}

function contentOf(id: string): string {
  return `/api/v1/files/${id}/content`;
}

function columns(address: Address): Column<StoredFile>[] {
  return [
    {
      header: "File",
      cell: ({ id, original_name }) => <RecordName id={id} name={original_name} address={address} />,
    },
    { header: "Type", className: "hidden sm:table-cell", cell: ({ file_type }) => fileTypeNames[file_type] },
    { header: "Size", numeric: true, className: "whitespace-nowrap", cell: ({ size_bytes }) => formatBytes(Number(size_bytes)) },
    {
      header: "Content",
      className: "hidden lg:table-cell",
      cell: ({ content_type }) => <span className="font-mono text-xs">{content_type}</span>,
    },
    { header: "Organization", className: "hidden md:table-cell", cell: ({ organization_name }) => <OrganizationName name={organization_name} /> },
    { header: "Stored (UTC)", className: "hidden lg:table-cell", cell: ({ created_at }) => <Time value={created_at} zone={false} /> },
    {
      header: "Download",
      className: "text-right",
      cell: ({ id, original_name }) => (
        <a href={contentOf(id)} download aria-label={`Download ${original_name}`} className={`${buttonClasses("ghost", "icon")} -my-1.5`}>
          <Download aria-hidden className="size-4" />
        </a>
      ),
    },
  ];
}
