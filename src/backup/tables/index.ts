export type { Column, ColumnRole, ColumnType } from "./column";
export { bundleTables, classification, exportedColumns, exportedTables, rowOrder } from "./registry";
export type { TableDefinition } from "./table";
export { exportedUserColumns } from "./users";
