import type { ConflictRule } from "./mode";

export const merge: ConflictRule = { updatedRoles: ["data", "metadata", "content"], replacesObjects: true };
