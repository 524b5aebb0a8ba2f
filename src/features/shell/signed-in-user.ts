/** Whom the shell shows. */
export interface SignedInUser {
  email: string;
  displayName: string;
  role: "admin" | "member";
}
