"use client";

import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { Globe } from "lucide-react";

import { Badge } from "@/components/ui/badge";
import { Time } from "@/components/ui/time";

import { useTRPC } from "../trpc/client";
import { OrganizationFilter, SearchFilter, searchOf, ValueFilter } from "./filters";
import { OrganizationName } from "./organization-name";
import { RecordDrawer } from "./record-drawer";
import { RecordList, type Column } from "./record-list";
import { RecordName } from "./record-name";
import { organizationOf, pageOf, useAddress, type Address } from "./use-address";
import { useRecordId } from "./use-record-id";
import { assetStatusNames, assetStatusTones, assetTypeNames, knownValue, type Asset } from "./words";

export function AssetsView() {
  const trpc = useTRPC();
  const address = useAddress();
  const type = knownValue(assetTypeNames, address.get("type"));
  const status = knownValue(assetStatusNames, address.get("status"));
  const filters = { search: searchOf(address), organization_id: organizationOf(address), type, status };
  const keep = { placeholderData: keepPreviousData };
  const rows = useQuery(trpc.inventory.assets.list.queryOptions({ ...filters, page: pageOf(address) }, keep));
  const count = useQuery(trpc.inventory.assets.count.queryOptions(filters, keep));
  const id = useRecordId(address);
  const record = useQuery(trpc.inventory.assets.get.queryOptions(id === null ? skipToken : { id }));
  return (
    <>
      <RecordList
        what="assets"
        icon={Globe}
        columns={columns(address)}
        rows={rows}
        count={count}
        address={address}
        filters={["search", "organization", "type", "status"]}
        toolbar={
          <>
            <SearchFilter label="Search assets" address={address} />
            <OrganizationFilter address={address} />
            <ValueFilter name="type" label="Type" all="All types" names={assetTypeNames} value={type} address={address} />
            <ValueFilter name="status" label="Status" all="Any status" names={assetStatusNames} value={status} address={address} />
          </>
        }
      />
      <RecordDrawer
        what="asset"
        name={record.data?.shown.value}
        description={record.data && `${assetTypeNames[record.data.shown.type]} of ${record.data.shown.organization_name}`}
        record={record}
        address={address}
      />
    </>
  );
}

function columns(address: Address): Column<Asset>[] {
  return [
    { header: "Asset", cell: ({ id, value }) => <RecordName id={id} name={value} mono address={address} /> },
    { header: "Type", cell: ({ type }) => assetTypeNames[type] },
    {
      header: "Status",
      className: "hidden sm:table-cell",
      cell: ({ status }) => <Badge tone={assetStatusTones[status]}>{assetStatusNames[status]}</Badge>,
    },
    { header: "Risk", numeric: true, cell: ({ risk_score }) => Number(risk_score).toFixed(1) },
    { header: "Organization", className: "hidden md:table-cell", cell: ({ organization_name }) => <OrganizationName name={organization_name} /> },
    { header: "Last seen (UTC)", className: "hidden lg:table-cell", cell: ({ last_seen_at }) => <Time value={last_seen_at} zone={false} /> },
  ];
}
