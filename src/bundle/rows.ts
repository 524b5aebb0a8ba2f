/** The part of the library that threads for rows have: without the schemas of manifests, which would double the time that a thread takes to start. */
export { defaultLimits, surelySmallRow } from "./limits";
export { RowScanner, type RowMember } from "./json/row-scanner";
export { RowSyntaxError } from "./json/strict-json";
