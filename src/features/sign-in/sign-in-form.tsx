"use client";

import { signIn } from "next-auth/react";
import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";

const messages: Record<string, string> = {
  CredentialsSignin: "E-mail or password is wrong, or the user is deactivated.",
  rate_limited: "Too many attempts. Wait a while and try again.",
};

const unknownMessage = "Signing in failed. Try again in a moment.";

/** @param initialError next-auth's code, where it sent the browser back here */
export function SignInForm({ initialError }: { initialError: string | null }) {
  const router = useRouter();
  const [error, setError] = useState(initialError);
  const [pending, setPending] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setPending(true);
    setError(null);
    const failure = await attempt(String(form.get("email")), String(form.get("password")));
    if (failure === null) {
      router.replace("/");
      router.refresh();
      return;
    }
    setError(failure);
    setPending(false);
  }

  return (
    <form method="post" onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate={false}>
      <Field name="email" label="E-mail" type="email" autoComplete="username" />
      <Field name="password" label="Password" type="password" autoComplete="current-password" />
      <p role="alert" className="min-h-6 text-sm text-red-700 dark:text-red-400">
        {error === null ? "" : (messages[error] ?? unknownMessage)}
      </p>
      <button
        type="submit"
        disabled={pending}
        className="rounded-md bg-zinc-900 px-4 py-2 font-medium text-white hover:bg-zinc-700 focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-blue-600 disabled:opacity-60 dark:bg-zinc-100 dark:text-zinc-900 dark:hover:bg-zinc-300"
      >
        {pending ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

function Field(field: { name: string; label: string; type: string; autoComplete: string }) {
  return (
    <label className="flex flex-col gap-1.5 text-sm font-medium">
      {field.label}
      <input
        name={field.name}
        type={field.type}
        autoComplete={field.autoComplete}
        required
        className="rounded-md border border-zinc-400 bg-white px-3 py-2 text-base font-normal focus-visible:outline-2 focus-visible:outline-blue-600 dark:border-zinc-600 dark:bg-zinc-900"
      />
    </label>
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
