import type { users as Model } from "@/generated/prisma/client";
import { user_role } from "@/generated/prisma/enums";

import { boolean, enumeration, optional, primaryKey, text, timestamp, type Column } from "./column";

/**
 * Every column of users that a bundle may carry. Users are exported on request, for a later
 * mapping by hand, and never imported.
 */
const userColumns: Readonly<Record<keyof Model, Column | "never">> = {
  id: primaryKey(),
  email: text(),
  display_name: text(),
  password_hash: "never",
  role: enumeration("user_role", user_role),
  is_active: boolean(),
  created_at: timestamp(),
  last_login_at: optional(timestamp()),
};

export const exportedUserColumns: Readonly<Record<string, Column>> = Object.fromEntries(
  Object.entries(userColumns).flatMap(([name, column]): [string, Column][] => (column === "never" ? [] : [[name, column]])),
);
