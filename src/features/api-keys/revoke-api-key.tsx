"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Notice } from "@/components/ui/notice";

import { useTRPC } from "../trpc/client";
import { describeError } from "../trpc/query-error";
import type { ApiKey } from "./api-key-table";

export interface RevokeApiKeyProps {
  /** Null while none is asked about. */
  apiKey: ApiKey | null;
  onClose: () => void;
  onRevoked: (key: ApiKey) => void;
}

export function RevokeApiKey({ apiKey, onClose, onRevoked }: RevokeApiKeyProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter()),
    }),
  );
  const close = () => {
    revoke.reset();
    onClose();
  };
  const confirm = (key: ApiKey) => {
    const onSuccess = () => {
      onRevoked(key);
      close();
    };
    revoke.mutate({ id: key.id }, { onSuccess });
  };
  return (
    <ConfirmDialog
      open={apiKey !== null}
      onOpenChange={(open) => {
        if (!open) close();
      }}
      title={`Revoke ${apiKey?.name ?? "the API key"}?`}
      description={
        <>
          Every request with the key that begins with <code className="font-mono text-ink">{apiKey?.prefix}</code> is refused
          from then on. This cannot be undone.
        </>
      }
      confirm="Revoke the key"
      look="danger"
      pending={revoke.isPending}
      onConfirm={() => {
        if (apiKey !== null) confirm(apiKey);
      }}
    >
      {revoke.isError && (
        <div className="mt-4">
          <Notice tone="danger" title="The key was not revoked" role="alert">
            {describeError(revoke.error).description}
          </Notice>
        </div>
      )}
    </ConfirmDialog>
  );
}
