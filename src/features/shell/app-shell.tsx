import type { ReactNode } from "react";

import { ServerProvider } from "../trpc/provider";
import { Brand } from "./brand";
import { FocusAfterNavigation } from "./focus-after-navigation";
import { MobileBar } from "./mobile-bar";
import { Navigation } from "./navigation";
import type { SignedInUser } from "./signed-in-user";
import { UserMenu } from "./user-menu";

/** What stays in its place while pages change inside it. */
export function AppShell({ user, children }: { user: SignedInUser; children: ReactNode }) {
  return (
    <ServerProvider email={user.email}>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the page
      </a>
      <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
        <MobileBar user={user} />
        <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface lg:flex">
          <div className="flex h-14 shrink-0 items-center px-4">
            <Brand />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-2.5 py-2">
            <Navigation role={user.role} />
          </div>
          <div className="border-t border-line p-2">
            <UserMenu user={user} />
          </div>
        </aside>
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-7xl min-w-0 px-4 py-6 outline-none sm:px-6 lg:px-8 lg:py-7">
          {children}
        </main>
        <FocusAfterNavigation />
      </div>
    </ServerProvider>
  );
}
