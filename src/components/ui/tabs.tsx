"use client";

import { Tabs as Primitive } from "radix-ui";
import type { ReactNode } from "react";

import { classNames } from "./class-names";

/** What tabs look like, those that are links included (see link-tabs.tsx). */
export const tabListClasses = "flex gap-1 overflow-x-auto border-b border-line";

export const tabClasses = classNames(
  "-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-soft -outline-offset-2 hover:text-ink",
  "data-[state=active]:border-accent data-[state=active]:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink",
);

export interface TabsProps {
  label: string;
  tabs: readonly { value: string; label: ReactNode; content: ReactNode }[];
  value?: string;
  onValueChange?: (value: string) => void;
}

export function Tabs({ label, tabs, value, onValueChange }: TabsProps) {
  const chosen = value === undefined ? { defaultValue: tabs[0]?.value ?? "" } : { value };
  return (
    <Primitive.Root {...chosen} {...(onValueChange === undefined ? {} : { onValueChange })}>
      <Primitive.List aria-label={label} className={tabListClasses}>
        {tabs.map((tab) => (
          <Primitive.Trigger key={tab.value} value={tab.value} className={tabClasses}>
            {tab.label}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {tabs.map((tab) => (
        <Primitive.Content key={tab.value} value={tab.value} className="pt-4">
          {tab.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
