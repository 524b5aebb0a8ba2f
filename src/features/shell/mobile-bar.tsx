"use client";

import { Menu as MenuIcon } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

import { Brand } from "./brand";
import { Navigation } from "./navigation";
import type { SignedInUser } from "./signed-in-user";
import { UserMenu } from "./user-menu";

/** The navigation where there is no room for it beside the page. */
export function MobileBar({ user }: { user: SignedInUser }) {
  const [open, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center justify-between border-b border-line bg-surface px-4 lg:hidden">
      <Brand />
      <Button look="ghost" size="icon" aria-label="Open the menu" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <MenuIcon aria-hidden className="size-5" />
      </Button>
      <Dialog open={open} onOpenChange={setOpen} placement="menu" title="Menu" footer={<UserMenu user={user} />}>
        <Navigation role={user.role} onNavigate={() => setOpen(false)} />
      </Dialog>
    </header>
  );
}
