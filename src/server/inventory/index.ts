export { contains, equals } from "./conditions";
export { listings, type InventoryKind } from "./listings";
export { findStoredFile, type StoredFile } from "./stored-file";
export { countRows, pageSize, readPage } from "./read-page";
export { readOrganizationNames } from "./organization-names";
export { readOverview } from "./overview";
export { readRecord } from "./read-record";
