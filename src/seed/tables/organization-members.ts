import { organization_member_role } from "@/generated/prisma/enums";
import { Prisma } from "@/generated/prisma/browser";
import { defineTable, type Table } from "../copy";
import type { Inventory } from "../inventory";
import { before, secondsPerDay } from "../text/timestamps";
import { userCount } from "../inventory-ids";

const roles = Object.values(organization_member_role);

/** Four of the seeded users and the member who can sign in belong to each organization. */
export function organizationMembers(inventory: Inventory, memberId: string): Table {
  const { source, ids } = inventory;
  return defineTable("organization_members", Prisma.Organization_membersScalarFieldEnum, function* () {
    let index = 0;
    for (const organization of inventory.organizations) {
      for (let position = 0; position <= roles.length; position++, index++) {
        const random = source.random("organization_members", index);
        yield {
          id: source.uuid("organization_members", index),
          organization_id: organization.id,
          user_id: position === roles.length ? memberId : ids.user((organization.index + position) % userCount),
          role: roles[position] ?? "viewer",
          created_at: before(random.integer(400 * secondsPerDay), random.integer(1_000_000)),
        };
      }
    }
  });
}
