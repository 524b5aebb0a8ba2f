import { headers } from "next/headers";
import { redirect } from "next/navigation";

import { SignInPanel } from "@/features/sign-in/sign-in-panel";
import { localPath } from "@/features/sign-in/local-path";
import { findSignedIn } from "@/server/auth";

export const metadata = { title: "Sign in" };

type Parameters = Promise<Record<"error" | "callbackUrl", string | string[] | undefined>>;

export default async function SignInPage({ searchParams }: { searchParams: Parameters }) {
  const { error, callbackUrl } = await searchParams;
  const target = localPath(callbackUrl);
  if ((await findSignedIn(await headers())) !== null) redirect(target);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-12">
      <SignInPanel initialError={typeof error === "string" ? error : null} target={target} />
    </main>
  );
}
