import type { organization_members as Model } from "@/generated/prisma/client";
import { organization_member_role } from "@/generated/prisma/enums";

import { enumeration, organization, primaryKey, timestamp, user } from "./column";
import { defineTable } from "./table";

/** Who belongs where depends on users, and users are never imported. */
export const organizationMembers = defineTable<Model>()({
  name: "organization_members",
  naturalKey: ["organization_id", "user_id"],
  rowOrder: ["organization_id", "id"],
  importRule: "skip",
  columns: {
    id: primaryKey(),
    organization_id: organization(),
    user_id: user("known_user"),
    role: enumeration("organization_member_role", organization_member_role),
    created_at: timestamp({ role: "creation" }),
  },
});
