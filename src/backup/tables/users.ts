import type { users as Model } from "@/generated/prisma/client";

/**
 * Every column of users, and whether a bundle may carry it. Users are exported on request,
 * for a later mapping by hand, and never imported.
 */
const userColumns: Record<keyof Model, "exported" | "never"> = {
  id: "exported",
  email: "exported",
  display_name: "exported",
  password_hash: "never",
  role: "exported",
  is_active: "exported",
  created_at: "exported",
  last_login_at: "exported",
};

export const exportedUserColumns: readonly string[] = Object.entries(userColumns)
  .filter(([, rule]) => rule === "exported")
  .map(([name]) => name);
