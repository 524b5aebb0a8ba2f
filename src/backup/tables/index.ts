export type { Column, ColumnType } from "./column";
export { exportedTables, classification } from "./registry";
export type { TableDefinition } from "./table";
export { exportedUserColumns } from "./users";
