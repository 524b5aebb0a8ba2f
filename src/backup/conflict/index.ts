export { conflictModes, conflictModeSchema, type ConflictMode } from "./mode";
export { conflictRules } from "./registry";
