import type { BundleError } from "@/bundle";

/** What a refusal says, as it is frozen beside the bundle that is refused. */
export interface PlaceAndReason {
  entry: string | null;
  row: number | null;
  message: string;
}

export function placeAndReason({ entry, row, message }: BundleError): PlaceAndReason {
  return { entry: entry ?? null, row: row ?? null, message };
}
