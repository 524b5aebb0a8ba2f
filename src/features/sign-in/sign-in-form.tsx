"use client";

import { signIn } from "next-auth/react";
import { useState, type SubmitEvent } from "react";

import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

const messages: Record<string, string> = {
  CredentialsSignin: "E-mail or password is wrong, or the user is deactivated.",
  rate_limited: "Too many attempts. Wait a while and try again.",
};

const unknownMessage = "Signing in failed. Try again in a moment.";

export interface SignInFormProps {
  initialEmail?: string;
  /** next-auth's code, where it sent the browser back here. */
  initialError: string | null;
  /** Told the address that was typed. */
  onSignedIn: (email: string) => void;
}

export function SignInForm({ initialEmail = "", initialError, onSignedIn }: SignInFormProps) {
  const [error, setError] = useState(initialError);
  const [pending, setPending] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email"));
    setPending(true);
    setError(null);
    const failure = await attempt(email, String(form.get("password")));
    setError(failure);
    if (failure === null) onSignedIn(email.trim().toLowerCase());
    setPending(false);
  }

  return (
    <form method="post" onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field label="E-mail">
        {(control) => <Input {...control} name="email" type="email" autoComplete="username" required defaultValue={initialEmail} />}
      </Field>
      <Field label="Password">
        {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" required />}
      </Field>
      <p role="alert" className="text-sm text-danger empty:-mt-4">
        {error === null ? "" : (messages[error] ?? unknownMessage)}
      </p>
      <Button type="submit" look="primary" pending={pending}>
        {pending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

/** Null where it worked, else the code of what went wrong. */
async function attempt(email: string, password: string): Promise<string | null> {
  try {
    const result = await signIn("credentials", { email, password, redirect: false });
    return result === undefined || result.ok ? null : (result.error ?? "internal");
  } catch {
    return "internal";
  }
}
