"use client";

import { Dialog } from "@/components/ui/dialog";

import { SignInForm } from "../sign-in/sign-in-form";

/** Signing in again where one stands: what was typed, chosen or is being sent stays as it is. */
export function SessionExpired({ open, email, onSignedIn }: { open: boolean; email: string; onSignedIn: () => void }) {
  return (
    <Dialog
      open={open}
      dismissible={false}
      title="Your session has ended"
      description="Sign in again to go on. Nothing on this page is lost."
    >
      <SignInForm
        initialEmail={email}
        initialError={null}
        onSignedIn={(signedIn) => {
          // Somebody else must not find what the first one was doing.
          if (signedIn === email) onSignedIn();
          else window.location.reload();
        }}
      />
    </Dialog>
  );
}
