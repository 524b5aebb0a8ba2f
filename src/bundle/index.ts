/** The bundle's file format: see FORMAT.md. Knows nothing of databases, storage or HTTP. */
export { BundleError, bundleErrorCodes, type BundleErrorCode, type BundlePlace } from "./errors";
export { defaultLimits, type BundleLimits } from "./limits";
export {
  formatName,
  formatVersion,
  type BundleWarning,
  type ExportOptions,
  type FileReference,
  type JsonValue,
  type Manifest,
} from "./manifest";
export type { BundleSink } from "./zip/output";
export {
  createBundleWriter,
  type BundleWriter,
  type BundleWriterOptions,
  type ManifestParts,
  type HashedContent,
  type ObjectFile,
} from "./writer";
export { TablePacker, type PackedTable } from "./table-packer";
export { PackThread } from "./pack-thread";
export { openBundle, type Bundle, type OpenBundleOptions } from "./reader";
