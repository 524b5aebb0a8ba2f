export { compareObject } from "./compare-object";
export type { ObjectStat, ObjectStore, PutOptions } from "./object-store";
export { StorageError, storageErrorCodes } from "./errors";
export type { StorageErrorCode } from "./errors";
export { createLocalObjectStore } from "./local";
export type { LocalObjectStoreOptions } from "./local";
export { sha256Of } from "./sha256-of";
export { createS3ObjectStore } from "./s3";
export type { S3Limits, S3ObjectStoreOptions } from "./s3";
