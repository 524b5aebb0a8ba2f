"use client";

import { ChevronsUpDown, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { signOut } from "next-auth/react";

import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from "@/components/ui/menu";

import type { SignedInUser } from "./signed-in-user";
import type { Theme } from "./theme";
import { useTheme } from "./use-theme";

const themeOptions: readonly { value: Theme; label: React.ReactNode }[] = [
  { value: "system", label: <ThemeLabel icon={Monitor} text="As the system" /> },
  { value: "light", label: <ThemeLabel icon={Sun} text="Light" /> },
  { value: "dark", label: <ThemeLabel icon={Moon} text="Dark" /> },
];

/** Who is signed in, the theme, and the way out. */
export function UserMenu({ user }: { user: SignedInUser }) {
  const [theme, setTheme] = useTheme();
  const trigger = (
    <button
      type="button"
      aria-label={`Account of ${user.email}`}
      className="flex w-full min-w-0 items-center gap-2.5 rounded-md px-2 py-1.5 text-left -outline-offset-2 hover:bg-sunken"
    >
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
    </button>
  );
  return (
    <Menu trigger={trigger} side="top">
      <MenuLabel>
        <span className="block text-xs text-soft">Signed in as</span>
        <span className="block max-w-64 truncate font-medium">{user.displayName === "" ? user.email : user.displayName}</span>
      </MenuLabel>
      <MenuSeparator />
      <MenuChoice label="Theme" value={theme} options={themeOptions} onChange={setTheme} />
      <MenuSeparator />
      <MenuItem onSelect={() => void signOut({ callbackUrl: "/sign-in" })}>
        <LogOut aria-hidden className="size-4" />
        Sign out
      </MenuItem>
    </Menu>
  );
}

const roleNames = { admin: "Administrator", member: "Member" } as const;

function ThemeLabel({ icon: Icon, text }: { icon: typeof Sun; text: string }) {
  return (
    <>
      <Icon aria-hidden className="size-4" />
      {text}
    </>
  );
}
