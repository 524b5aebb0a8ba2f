"use client";

import { useQuery } from "@tanstack/react-query";

import { SearchInput } from "@/components/ui/search-input";
import { Select } from "@/components/ui/select";

import { useTRPC } from "../trpc/client";
import { organizationOf, type Address } from "./use-address";
import { keysOf } from "./words";

/** Of a search field; what is typed further never matches. */
const longestSearch = 200;

export function searchOf(address: Address): string {
  return (address.get("search") ?? "").slice(0, longestSearch);
}

export function SearchFilter({ label, address }: { label: string; address: Address }) {
  return (
    <SearchInput
      label={label}
      value={searchOf(address)}
      onSearch={(search) => address.change({ search, page: null }, "replace")}
    />
  );
}

export function OrganizationFilter({ address }: { address: Address }) {
  const trpc = useTRPC();
  const names = useQuery(trpc.inventory.organizations.names.queryOptions({}));
  return (
    <Select
      aria-label="Organization"
      className="w-48 max-sm:w-[calc(50%-0.25rem)]"
      value={organizationOf(address) ?? ""}
      onChange={({ target }) => address.change({ organization: target.value, page: null })}
    >
      <option value="">All organizations</option>
      {names.data?.organizations.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}

export interface ValueFilterProps {
  /** In the address. */
  name: string;
  label: string;
  all: string;
  names: Readonly<Record<string, string>>;
  value: string | undefined;
  address: Address;
}

export function ValueFilter({ name, label, all, names, value, address }: ValueFilterProps) {
  return (
    <Select
      aria-label={label}
      className="w-40 max-sm:w-[calc(50%-0.25rem)]"
      value={value ?? ""}
      onChange={({ target }) => address.change({ [name]: target.value, page: null })}
    >
      <option value="">{all}</option>
      {keysOf(names).map((key) => (
        <option key={key} value={key}>
          {names[key]}
        </option>
      ))}
    </Select>
  );
}
