import type { ConflictRule } from "./mode";

export const overwriteMetadataOnly: ConflictRule = { updatedRoles: ["metadata"], replacesObjects: false };
