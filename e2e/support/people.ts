import { seededMember } from "@/seed";

export interface Person {
  email: string;
  password: string;
}

/** The first admin of both installations. */
export const admin: Person = { email: "admin@example.com", password: "correct horse battery staple" };

/** Seeded in both installations; sees the inventory and no administration. */
export const member: Person = seededMember;
