import { headers } from "next/headers";
import { redirect } from "next/navigation";

import { SignOutButton } from "@/features/sign-in/sign-out-button";
import { findSignedIn } from "@/server/auth";

export default async function Home() {
  const principal = await findSignedIn(await headers());
  if (principal === null) redirect("/sign-in");
  return (
    <main className="mx-auto flex w-full max-w-2xl flex-col gap-8 px-6 py-12">
      <header className="flex flex-wrap items-center justify-between gap-4">
        <h1 className="text-2xl font-semibold tracking-tight">System Backup</h1>
        <SignOutButton />
      </header>
      <p>
        Signed in as <strong>{principal.email}</strong> ({principal.role}).
      </p>
      {principal.role === "admin" && (
        <section className="flex flex-col gap-3">
          <h2 className="text-lg font-medium">REST API</h2>
          <p>
            Export, preview and import are at <code className="font-mono text-sm">/api/v1/admin/backup</code>, described by{" "}
            <a className="text-blue-700 underline dark:text-blue-400" href="/api/v1/openapi.json">
              the OpenAPI document
            </a>
            .
          </p>
          <p>Scripts authenticate with an API key, made on the server:</p>
          <pre className="overflow-x-auto rounded-md bg-zinc-100 p-4 font-mono text-sm dark:bg-zinc-900" tabIndex={0}>
            npm run --silent api-key -- create --email {principal.email} --name NAME
          </pre>
        </section>
      )}
    </main>
  );
}
