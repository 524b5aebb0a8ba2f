"use client";

import { ChevronsUpDown, LogOut } from "lucide-react";
import { signOut } from "next-auth/react";

import { Popover } from "@/components/ui/popover";

import type { SignedInUser } from "./signed-in-user";
import { ThemeChoice } from "./theme-choice";

/** Who is signed in, the theme, and the way out. At the bottom left of the window, where the navigation ends. */
export function UserMenu({ user }: { user: SignedInUser }) {
  return (
    <Popover
      label="Account"
      className="bottom-18 left-3 w-54"
      trigger={{
        "aria-label": `Account of ${user.email}`,
        className:
          "flex w-full min-w-0 items-center gap-2.5 rounded-md px-2 py-1.5 text-left -outline-offset-2 hover:bg-sunken",
        children: <Trigger user={user} />,
      }}
    >
      <p className="px-2 py-1.5">
        <span className="block text-xs text-soft">Signed in as</span>
        <span className="block truncate font-medium">{user.displayName === "" ? user.email : user.displayName}</span>
      </p>
      <div className="my-1 border-y border-line py-1">
        <ThemeChoice />
      </div>
      <button
        type="button"
        onClick={() => void signOut({ callbackUrl: "/sign-in" })}
        className="flex w-full items-center gap-2 rounded px-2 py-1.5 -outline-offset-2 hover:bg-sunken"
      >
        <LogOut aria-hidden className="size-4" />
        Sign out
      </button>
    </Popover>
  );
}

const roleNames = { admin: "Administrator", member: "Member" } as const;

function Trigger({ user }: { user: SignedInUser }) {
  return (
    <>
      <span
        aria-hidden
        className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase"
      >
        {user.email.slice(0, 1)}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-[0.8125rem] font-medium">{user.email}</span>
        <span className="block text-xs text-soft">{roleNames[user.role]}</span>
      </span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-soft" />
    </>
  );
}
