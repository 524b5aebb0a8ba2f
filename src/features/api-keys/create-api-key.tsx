"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { Dialog } from "@/components/ui/dialog";

import { useTRPC } from "../trpc/client";
import { ApiKeyForm } from "./api-key-form";
import { NewApiKey } from "./new-api-key";

/** Asks for a name and an expiry, then shows the key, this once. */
export function CreateApiKey({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter()),
    }),
  );
  const made = create.data;
  return (
    <Dialog
      open
      onOpenChange={(opened) => {
        if (!opened) onClose();
      }}
      // A click beside it must not throw the key away.
      dismissible={made === undefined}
      placement={made === undefined ? "centre" : "roomy"}
      title={made === undefined ? "New API key" : "Your new API key"}
      description={
        made === undefined
          ? "It will belong to you and may do what you may."
          : "Copy it now: it is shown this once, and nobody can look it up later."
      }
    >
      {made === undefined ? (
        <ApiKeyForm pending={create.isPending} error={create.error} onSubmit={create.mutate} onCancel={onClose} />
      ) : (
        <NewApiKey value={made.key} onClose={onClose} />
      )}
    </Dialog>
  );
}
