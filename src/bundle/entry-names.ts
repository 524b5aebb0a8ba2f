/**
 * The names that entries of a bundle may have. Everything here works in a browser too.
 */
export const manifestName = "manifest.json";
export const checksumsName = "checksums.json";

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const tablePattern = /^[a-z][a-z0-9_]{0,62}$/;
const dataPattern = /^data\/([a-z][a-z0-9_]{0,62})\.json$/;
const objectPattern = new RegExp(`^files/(${uuid})/([A-Za-z0-9._-]{1,100})$`);
const directoryPattern = new RegExp(`^(?:data/|files/|files/${uuid}/)$`);
const fileIdPattern = new RegExp(`^${uuid}$`);

/** Keeps names far below 255 bytes, which is what file systems take, wherever the bundle is unpacked. */
const maximumObjectNameLength = 100;

export type EntryKind =
  | { kind: "manifest" }
  | { kind: "checksums" }
  | { kind: "data"; table: string }
  | { kind: "object"; fileId: string }
  | { kind: "directory" };

export function isTableName(name: string): boolean {
  return tablePattern.test(name);
}

/** Lower-case uuid. */
export function isFileId(id: string): boolean {
  return fileIdPattern.test(id);
}

export function dataEntryName(table: string): string {
  if (!isTableName(table)) throw new RangeError(`not a table name: ${JSON.stringify(table)}`);
  return `data/${table}.json`;
}

/** `files/<id>/<object-name>`, where the object's name is what may stand in a name of the key's last segment. */
export function objectEntryName(fileId: string, key: string): string {
  if (!isFileId(fileId)) throw new RangeError(`not a file id: ${JSON.stringify(fileId)}`);
  return `files/${fileId}/${objectName(key)}`;
}

/** Only [A-Za-z0-9._-], 1 to 100 characters, never "." or "..". Cut at the front: the end has the extension. */
export function objectName(key: string): string {
  const lastSegment = key.slice(key.lastIndexOf("/") + 1);
  const name = lastSegment.replace(/[^A-Za-z0-9._-]/gu, "_").slice(-maximumObjectNameLength);
  return /^\.{0,2}$/.test(name) ? "object" : name;
}

/** Null where the format knows no such entry. */
export function classifyEntryName(name: string): EntryKind | null {
  if (name === manifestName) return { kind: "manifest" };
  if (name === checksumsName) return { kind: "checksums" };
  const table = dataPattern.exec(name)?.[1];
  if (table !== undefined) return { kind: "data", table };
  const object = objectPattern.exec(name);
  if (object?.[1] !== undefined && object[2] !== "." && object[2] !== "..") return { kind: "object", fileId: object[1] };
  // Written by tools that pack an unpacked bundle again.
  return directoryPattern.test(name) ? { kind: "directory" } : null;
}

/** Of an object's entry; empty where it is none. */
export function fileIdOf(name: string): string {
  const kind = classifyEntryName(name);
  return kind?.kind === "object" ? kind.fileId : "";
}
