import type { RowSample } from "@/backup";

export type RowKind = RowSample["kind"];
