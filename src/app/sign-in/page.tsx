import { headers } from "next/headers";
import { redirect } from "next/navigation";

import { SignInForm } from "@/features/sign-in/sign-in-form";
import { findSignedIn } from "@/server/auth";

export const metadata = { title: "Sign in · System Backup" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ error?: string | string[] }> }) {
  if ((await findSignedIn(await headers())) !== null) redirect("/");
  const { error } = await searchParams;
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-8 px-6 py-12">
      <h1 className="text-2xl font-semibold tracking-tight">System Backup</h1>
      <SignInForm initialError={typeof error === "string" ? error : null} />
    </main>
  );
}
