"use client";

import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { ShieldAlert } from "lucide-react";
import Link from "next/link";

import { Badge } from "@/components/ui/badge";
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
import {
  knownValue,
  severityNames,
  severityTones,
  vulnerabilityStatusNames,
  vulnerabilityStatusTones,
  type Vulnerability,
} from "./words";

export function VulnerabilitiesView() {
  const trpc = useTRPC();
  const address = useAddress();
  const severity = knownValue(severityNames, address.get("severity"));
  const status = knownValue(vulnerabilityStatusNames, address.get("status"));
  const filters = { search: searchOf(address), organization_id: organizationOf(address), severity, status };
  const keep = { placeholderData: keepPreviousData };
  const rows = useQuery(trpc.inventory.vulnerabilities.list.queryOptions({ ...filters, page: pageOf(address) }, keep));
  const count = useQuery(trpc.inventory.vulnerabilities.count.queryOptions(filters, keep));
  const id = useRecordId(address);
  const record = useQuery(trpc.inventory.vulnerabilities.get.queryOptions(id === null ? skipToken : { id }));
  const shown = record.data?.shown;
  return (
    <>
      <RecordList
        what="vulnerabilities"
        icon={ShieldAlert}
        columns={columns(address)}
        rows={rows}
        count={count}
        address={address}
        filters={["search", "organization", "severity", "status"]}
        toolbar={
          <>
            <SearchFilter label="Search vulnerabilities" address={address} />
            <OrganizationFilter address={address} />
            <ValueFilter
              name="severity"
              label="Severity"
              all="All severities"
              names={severityNames}
              value={severity}
              address={address}
            />
            <ValueFilter
              name="status"
              label="Status"
              all="Any status"
              names={vulnerabilityStatusNames}
              value={status}
              address={address}
            />
          </>
        }
      />
      <RecordDrawer
        what="vulnerability"
        name={shown?.title}
        description={shown && `${severityNames[shown.severity]}, on ${shown.asset_value} of ${shown.organization_name}`}
        record={record}
        actions={
          shown && (
            <Link href={`/inventory/assets?id=${shown.asset_id}`} className={buttonClasses("secondary")}>
              Its asset
            </Link>
          )
        }
        address={address}
      />
    </>
  );
}

function columns(address: Address): Column<Vulnerability>[] {
  return [
    {
      header: "Severity",
      cell: ({ severity }) => <Badge tone={severityTones[severity]}>{severityNames[severity]}</Badge>,
    },
    { header: "Vulnerability", cell: ({ id, title }) => <RecordName id={id} name={title} address={address} /> },
    {
      header: "Status",
      className: "hidden sm:table-cell",
      cell: ({ status }) => <Badge tone={vulnerabilityStatusTones[status]}>{vulnerabilityStatusNames[status]}</Badge>,
    },
    { header: "CVSS", numeric: true, cell: ({ cvss_score }) => cvss_score ?? "–" },
    {
      header: "Asset",
      className: "hidden md:table-cell",
      cell: ({ asset_value }) => (
        <bdi title={asset_value} className="block max-w-52 truncate font-mono text-xs">
          {asset_value}
        </bdi>
      ),
    },
    { header: "Organization", className: "hidden xl:table-cell", cell: ({ organization_name }) => <OrganizationName name={organization_name} /> },
    { header: "Last seen (UTC)", className: "hidden xl:table-cell", cell: ({ last_seen_at }) => <Time value={last_seen_at} zone={false} /> },
  ];
}
