import { classNames } from "@/components/ui/class-names";

import type { Address } from "./use-address";

/** A row's name, which opens the row. Names come from the internet: their direction stays theirs, and they are cut. */
export function RecordName({ id, name, mono = false, address }: { id: string; name: string; mono?: boolean; address: Address }) {
  return (
    <button
      type="button"
      title={name}
      aria-haspopup="dialog"
      onClick={() => address.change({ id })}
      className={classNames(
        "block max-w-[min(19rem,52vw)] xl:max-w-sm truncate rounded-sm text-left font-medium text-accent hover:underline",
        mono && "font-mono text-xs",
      )}
    >
      <bdi>{name.trim() === "" ? "(no name)" : name}</bdi>
    </button>
  );
}
