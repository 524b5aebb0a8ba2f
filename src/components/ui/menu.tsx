"use client";

import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

/** A button that opens a few choices. The trigger must be a button. */
export function Menu({ trigger, children, side = "bottom" }: { trigger: ReactNode; children: ReactNode; side?: "top" | "bottom" }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      {/* Where its button is, so that it belongs to the same part of the page. */}
      <DropdownMenu.Content
        side={side}
        align="end"
        sideOffset={6}
        collisionPadding={8}
        className="z-50 min-w-52 rounded-md border border-line bg-surface p-1 text-sm text-ink shadow-lg"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

const itemClasses =
  "flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 outline-none select-none data-highlighted:bg-sunken";

export function MenuItem({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  return (
    <DropdownMenu.Item onSelect={onSelect} className={itemClasses}>
      {children}
    </DropdownMenu.Item>
  );
}

export function MenuChoice<Value extends string>(props: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode }[];
  onChange: (value: Value) => void;
}) {
  const { label, value, options, onChange } = props;
  return (
    <DropdownMenu.Group aria-label={label}>
      <DropdownMenu.Label className="px-2 pt-2 pb-1 text-xs text-soft">{label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={value}>
        {options.map((option) => (
          <DropdownMenu.RadioItem
            key={option.value}
            value={option.value}
            onSelect={() => onChange(option.value)}
            className={itemClasses}
          >
            <span className="flex size-3.5 items-center justify-center">
              <DropdownMenu.ItemIndicator className="size-1.5 rounded-full bg-accent" />
            </span>
            {option.label}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </DropdownMenu.Group>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 py-1.5">{children}</DropdownMenu.Label>;
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}
