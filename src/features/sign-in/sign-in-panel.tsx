"use client";

import { Brand } from "../shell/brand";
import { SignInForm } from "./sign-in-form";

export function SignInPanel({ initialError, target }: { initialError: string | null; target: string }) {
  return (
    <div className="w-full max-w-sm">
      <div className="mb-6 flex justify-center text-base">
        <Brand />
      </div>
      <div className="rounded-lg border border-line bg-surface p-6">
        <h1 className="mb-5 text-lg font-semibold tracking-tight">Sign in</h1>
        {/* A whole new page: nothing of an earlier session lives on in this one. */}
        <SignInForm initialError={initialError} onSignedIn={() => window.location.replace(target)} />
      </div>
    </div>
  );
}
