import type { ConflictRule } from "./mode";

export const skipExisting: ConflictRule = { updatedRoles: [], replacesObjects: false };
