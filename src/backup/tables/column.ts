/** The types of value that a row's columns hold, with what a bundle may say in each. */
export type ColumnType =
  | { kind: "uuid" }
  | { kind: "text"; notEmpty: boolean; maxBytes: number | null }
  | { kind: "object_key" }
  | { kind: "sha256" }
  | { kind: "enum"; name: string; values: readonly string[] }
  | { kind: "timestamp" }
  | { kind: "json" }
  | { kind: "text_list" }
  | { kind: "float"; minimum: number; maximum: number }
  | { kind: "numeric"; scale: number; minimum: number; maximum: number }
  | { kind: "integer"; minimum: number; maximum: number }
  | { kind: "bigint"; minimum: bigint; maximum: bigint }
  | { kind: "boolean" };

/**
 * What an import does with a column of a row that is already here.
 * - identity: says which row it is; never updated.
 * - creation: when and by whom it came to be; never updated.
 * - data: updated by merge.
 * - metadata: updated by merge and by overwrite_metadata_only.
 * - content: says where a stored object is and what its bytes are; updated by merge where the bundle brings the object.
 */
export type ColumnRole = "identity" | "creation" | "data" | "metadata" | "content";

/**
 * Whom a column that names a user points at after an import.
 * - importer: the admin who imports, whoever it was before.
 * - known_user: the same user where that id is a user here, nobody otherwise.
 */
export type UserReference = "importer" | "known_user";

export interface Column<Nullable extends boolean = boolean> {
  readonly type: ColumnType;
  readonly nullable: Nullable;
  readonly role: ColumnRole;
  /** The exported table whose primary key this holds. */
  readonly references: string | null;
  readonly user: UserReference | null;
}

type Options = Partial<Pick<Column, "role">>;

function column<Nullable extends boolean>(
  type: ColumnType,
  nullable: Nullable,
  rest: Partial<Omit<Column, "type" | "nullable">> = {},
): Column<Nullable> {
  return { type, nullable, role: "data", references: null, user: null, ...rest };
}

/** The same column where null is a value too. */
export function optional(from: Column<false>): Column<true> {
  return { ...from, nullable: true };
}

export const primaryKey = () => column({ kind: "uuid" }, false, { role: "identity" });

export const organization = () =>
  column({ kind: "uuid" }, false, { role: "identity", references: "organizations" });

export const reference = (table: string) => column({ kind: "uuid" }, false, { references: table });

export const user = (reference: UserReference, options: Options = {}) =>
  column({ kind: "uuid" }, false, { user: reference, ...options });

export const text = (options: Options & { notEmpty?: boolean; maxBytes?: number } = {}) =>
  column({ kind: "text", notEmpty: options.notEmpty ?? false, maxBytes: options.maxBytes ?? null }, false, {
    role: options.role ?? "data",
  });

/** Changes only with the object itself: a row must not be made to point where its object is not. */
export const objectKey = () => column({ kind: "object_key" }, false, { role: "content" });

export const sha256 = (options: Options = {}) => column({ kind: "sha256" }, false, options);

export const enumeration = (name: string, values: Readonly<Record<string, string>>) =>
  column({ kind: "enum", name, values: Object.values(values) }, false);

export const timestamp = (options: Options = {}) => column({ kind: "timestamp" }, false, options);

export const json = (options: Options = {}) => column({ kind: "json" }, false, options);

export const textList = (options: Options = {}) => column({ kind: "text_list" }, false, options);

export const float = (minimum: number, maximum: number, options: Options = {}) =>
  column({ kind: "float", minimum, maximum }, false, options);

export const numeric = (scale: number, minimum: number, maximum: number) =>
  column({ kind: "numeric", scale, minimum, maximum }, false);

/** PostgreSQL's integer, 32 bits. */
export const integer = (minimum = -2_147_483_648) =>
  column({ kind: "integer", minimum, maximum: 2_147_483_647 }, false);

/** PostgreSQL's bigint, 64 bits. */
export const bigint = (options: Options = {}) =>
  column({ kind: "bigint", minimum: 0n, maximum: 9_223_372_036_854_775_807n }, false, options);

export const boolean = () => column({ kind: "boolean" }, false);
