"use client";

import { useState, type SubmitEvent } from "react";

import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Select } from "@/components/ui/select";
import { createApiKeySchema, type CreateApiKey } from "@/server/trpc/api-keys/input";

import { describeError } from "../trpc/query-error";

const expiries = [
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "never", label: "Never" },
] as const;

/** Long enough for a move with its rehearsals, short enough that a forgotten key ends by itself. */
const usualExpiry = "30";

export interface ApiKeyFormProps {
  pending: boolean;
  error: unknown;
  onSubmit: (key: CreateApiKey) => void;
  onCancel: () => void;
}

export function ApiKeyForm({ pending, error, onSubmit, onCancel }: ApiKeyFormProps) {
  const [nameError, setNameError] = useState<string>();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const expiry = String(form.get("expiry"));
    const parsed = createApiKeySchema.safeParse({
      name: form.get("name"),
      expires_in_days: expiry === "never" ? null : Number(expiry),
    });
    setNameError(parsed.error?.issues[0]?.message);
    if (parsed.success) onSubmit(parsed.data);
    else event.currentTarget.querySelector("input")?.focus();
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" hint="What will use it, for example “nightly move to staging”." error={nameError}>
        {(control) => <Input {...control} name="name" required maxLength={100} autoComplete="off" />}
      </Field>
      <Field label="Expires">
        {({ "aria-invalid": _never, ...control }) => (
          <Select {...control} name="expiry" defaultValue={usualExpiry}>
            {expiries.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {error !== null && error !== undefined && (
        <Notice tone="danger" title="The key was not made" role="alert">
          {describeError(error).description}
        </Notice>
      )}
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" pending={pending}>
          Make the key
        </Button>
      </div>
    </form>
  );
}
