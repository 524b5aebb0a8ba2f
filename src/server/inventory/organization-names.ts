import { prisma } from "../db";

/** More than a list to choose from can show; beyond it one searches. */
const maximumNames = 1_000;

export function readOrganizationNames(): Promise<{ id: string; name: string }[]> {
  return prisma().organizations.findMany({
    select: { id: true, name: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: maximumNames,
  });
}
